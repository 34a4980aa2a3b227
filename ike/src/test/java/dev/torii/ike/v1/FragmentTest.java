package dev.torii.ike.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Cookie;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.Payload;
import dev.torii.ike.wire.PayloadType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** IKEv1's fragments: a format without a standard, in which nothing is authenticated. */
class FragmentTest {
    private static final Cookie I = new Cookie(0x0102030405060708L);
    private static final Cookie R = new Cookie(0x1112131415161718L);

    private static Octets message(int bytes, int seed) {
        byte[] data = new byte[bytes];
        new Random(seed).nextBytes(data);
        return MessageCodec.encode(IkeHeader.v1(I, R, ExchangeType.MAIN_MODE, 0, 0), List.of(new Payload.Ke(Octets.of(data))));
    }

    private static List<Octets> cut(Octets message, int id) throws IkeException {
        return new ArrayList<>(Fragment.cut(message, id, 200));
    }

    private static Optional<Octets> take(Reassembly reassembly, Octets fragment) throws IkeException {
        return reassembly.take(MessageCodec.header(fragment), fragment);
    }

    /** Header with next payload 132, then next payload, reserved, length, id, number, flags. */
    @Test
    void theFormatIsTheOneOfOthers() throws Exception {
        Octets message = message(2, 1);
        assertEquals(Octets.concat(Octets.ofHex("010203040506070811121314151617188410020000000000" + "0000002e" + "0000" + "0012" + "0007" + "01" + "00"),
                message.slice(0, 10)), Fragment.cut(message, 7, 46).get(0));
        Octets last = Fragment.cut(message, 7, 46).get(3);
        assertEquals(Octets.ofHex("0000" + "000c" + "0007" + "04" + "01"), last.slice(28, 8));
    }

    @Test
    void messagesOfAllSizesComeBackWhateverTheOrder() throws Exception {
        var reassembly = new Reassembly();
        for (int bytes = 1; bytes < 2000; bytes += 13) {
            Octets message = message(bytes, bytes);
            List<Octets> fragments = cut(message, bytes);
            assertTrue(fragments.stream().allMatch(f -> f.length() <= 200));
            Collections.shuffle(fragments, new Random(bytes));
            for (Octets fragment : fragments.subList(1, fragments.size())) {
                assertEquals(Optional.empty(), take(reassembly, fragment));
                assertThrows(IkeException.class, () -> take(reassembly, fragment), "a duplicate");
            }
            assertEquals(Optional.of(message), take(reassembly, fragments.get(0)));
            assertEquals(0, reassembly.bytes());
        }
    }

    @Test
    void aPeerThatAlwaysSaysTheSameIdIsUnderstood() throws Exception {
        var reassembly = new Reassembly();
        take(reassembly, cut(message(1000, 1), 1).get(0));      // the rest never came
        take(reassembly, cut(message(1000, 1), 1).get(1));
        Optional<Octets> whole = Optional.empty();
        for (Octets fragment : cut(message(900, 2), 1)) {
            whole = take(reassembly, fragment);
        }
        assertEquals(Optional.of(message(900, 2)), whole);
    }

    private static Octets with(Octets fragment, int at, int... values) {
        byte[] bytes = fragment.toByteArray();
        for (int i = 0; i < values.length; i++) {
            bytes[at + i] = (byte) values[i];
        }
        return Octets.of(bytes);
    }

    @Test
    void badFragmentsAreRefusedAndChangeNothing() throws Exception {
        Octets message = message(500, 1);
        List<Octets> sound = cut(message, 3);
        Octets second = sound.get(1);
        Map<String, Octets> bad = new LinkedHashMap<>();
        bad.put("number 0", with(second, 34, 0));
        bad.put("number beyond what is kept", with(second, 34, Reassembly.MAX_FRAGMENTS + 1));
        bad.put("number after the last one", with(second, 34, 9));
        bad.put("a second last one", with(second, 34, 2, 1));
        bad.put("already here", sound.get(0));
        bad.put("another payload behind it", with(second, 28, PayloadType.HASH));
        bad.put("length 0", with(second, 30, 0, 0));
        bad.put("length beyond the message", with(second, 30, 0, second.length() - 27));
        bad.put("length short of the message", with(second, 30, 0, second.length() - 29));
        for (int length = IkeHeader.BYTES; length <= IkeHeader.BYTES + 8; length++) {
            Octets slice = with(second.slice(0, length), 26, 0, length);
            bad.put("cut to " + length, length < 32 ? slice : with(slice, 30, 0, length - IkeHeader.BYTES));
        }
        var reassembly = new Reassembly();
        take(reassembly, sound.get(0));
        take(reassembly, sound.get(sound.size() - 1));
        int kept = reassembly.bytes();
        bad.forEach((what, fragment) -> {
            assertThrows(IkeException.class, () -> take(reassembly, fragment), what);
            assertEquals(kept, reassembly.bytes(), what);
        });
        Optional<Octets> whole = Optional.empty();
        for (Octets fragment : sound.subList(1, sound.size() - 1)) {
            whole = take(reassembly, fragment);
        }
        assertEquals(Optional.of(message), whole);
    }

    @Test
    void whatComesTogetherMustBeAMessageOfTheExchange() throws Exception {
        Map<String, Octets> bad = new LinkedHashMap<>();
        bad.put("another initiator", with(message(300, 1), 0, 9));
        bad.put("another responder", with(message(300, 1), 8, 9));
        bad.put("a fragment", with(message(300, 1), 16, PayloadType.FRAGMENT));
        bad.put("version 2", with(message(300, 1), 17, 0x20));
        bad.put("a wrong length", with(message(300, 1), 27, 0));
        bad.put("nothing like a header", Octets.of(new byte[20]));
        for (Map.Entry<String, Octets> entry : bad.entrySet()) {
            var reassembly = new Reassembly();
            IkeHeader header = MessageCodec.header(message(1, 1));
            List<Octets> fragments = Fragment.cut(Octets.concat(message(1, 1).slice(0, IkeHeader.BYTES), entry.getValue()), 1, 200);
            // cut() copies the first header; the data is put in by hand
            var data = new ArrayList<Octets>();
            for (int at = 0; at < entry.getValue().length(); at += 100) {
                int length = Math.min(100, entry.getValue().length() - at);
                boolean last = at + length == entry.getValue().length();
                data.add(with(Octets.concat(fragments.get(0).slice(0, 36), entry.getValue().slice(at, length)), 26, 0, 36 + length, 0, 0, 0, 8 + length, 0, 1,
                        at / 100 + 1, last ? 1 : 0));
            }
            for (Octets fragment : data.subList(0, data.size() - 1)) {
                assertEquals(Optional.empty(), reassembly.take(header, fragment), entry.getKey());
            }
            assertThrows(IkeException.class, () -> reassembly.take(header, data.get(data.size() - 1)), entry.getKey());
            assertEquals(0, reassembly.bytes(), entry.getKey());
        }
    }

    @Test
    void whatIsKeptIsBounded() throws Exception {
        var reassembly = new Reassembly();
        List<Octets> fragments = Fragment.cut(message(60_000, 1), 1, 1200);
        for (int taken = 0; (taken + 1) * (1200 - 36) <= Reassembly.MAX_BYTES; taken++) {
            take(reassembly, fragments.get(taken));
        }
        assertTrue(reassembly.bytes() > Reassembly.MAX_BYTES - 1200);
        assertThrows(IkeException.class, () -> take(reassembly, fragments.get(40)));
        assertEquals(0, reassembly.bytes());
    }

    @Test
    void theVendorIdIsKnownInEachFormThatIsSent() {
        String id = "4048b7d56ebce88525e7de7f00d6c2d3";
        assertTrue(Fragment.understoodBy(Octets.ofHex(id)));
        assertTrue(Fragment.understoodBy(Octets.ofHex(id + "80000000")));
        assertTrue(Fragment.understoodBy(Octets.ofHex(id + "c0000000")));
        assertFalse(Fragment.understoodBy(Octets.ofHex(id + "40000000")));
        assertFalse(Fragment.understoodBy(Octets.ofHex(id + "8000")));
        assertFalse(Fragment.understoodBy(Octets.ofHex("5048b7d56ebce88525e7de7f00d6c2d3")));
        assertFalse(Fragment.understoodBy(Octets.EMPTY));
    }
}
