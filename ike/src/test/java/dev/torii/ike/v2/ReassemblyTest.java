package dev.torii.ike.v2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import dev.torii.ike.sim.Configs;
import dev.torii.ike.sim.SimCrypto;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.PayloadType;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Fragments of protected messages: RFC 7383, sections 2.5 and 2.6, for both kinds of ciphers. */
class ReassemblyTest {
    private static final IkeProposal GCM = new IkeProposal(EncryptionAlgorithm.AES_GCM_16, 256, HashAlgorithm.SHA2_384, DhGroup.MODP2048);
    private static final Limits LIMITS = new Limits(300, 200);
    private static final Cookie I = new Cookie(1);
    private static final Cookie R = new Cookie(2);

    private final BouncyCastleCrypto crypto = new BouncyCastleCrypto(new SimCrypto.SeededRandom(5));

    private SaV2 sa(IkeProposal proposal, boolean initiator) {
        Octets nonce = Octets.of(new byte[32]);
        return new SaV2(I, R, initiator, proposal, KeyMaterialV2.derive(crypto, proposal, Secret.copyOf(new byte[48]), nonce, nonce, I, R),
                NatDetection.Found.NOTHING, LIMITS);
    }

    private static List<Payload> payloads(int bytes) {
        byte[] data = new byte[bytes];
        new Random(bytes).nextBytes(data);
        return List.of(Payload.Notify.of(NotifyType.FIRST_STATUS + 100, Octets.of(data)));
    }

    private Sealed seal(IkeProposal proposal, int messageId, int bytes) {
        return sa(proposal, true).seal(crypto, ExchangeType.IKEV2_INFORMATIONAL, false, messageId, payloads(bytes));
    }

    private static Optional<Opened> take(Reassembly reassembly, Protection protection, Octets fragment) throws IkeException {
        return reassembly.take(protection, MessageCodec.header(fragment), fragment);
    }

    @Test
    void messagesOfAllSizesComeBackWhateverTheOrder() throws Exception {
        for (IkeProposal proposal : List.of(GCM, Configs.IKE)) {
            Protection peer = sa(proposal, false).protection(crypto);
            for (int bytes = 0; bytes < 1500; bytes += 7) {
                Sealed sealed = seal(proposal, 4, bytes);
                int size = bytes;
                assertTrue(sealed.datagrams().stream().allMatch(d -> d.length() <= LIMITS.first()), () -> "of " + size);
                if (sealed.datagrams().size() == 1) {
                    assertEquals(payloads(bytes), Opened.of(peer, MessageCodec.header(sealed.whole()), sealed.whole()).decode().payloads());
                    continue;
                }
                var shuffled = new ArrayList<>(sealed.datagrams());
                Collections.shuffle(shuffled, new Random(bytes));
                var reassembly = new Reassembly();
                for (Octets fragment : shuffled.subList(1, shuffled.size())) {
                    assertEquals(Optional.empty(), take(reassembly, peer, fragment));
                }
                Opened opened = take(reassembly, peer, shuffled.get(0)).orElseThrow();
                assertEquals(payloads(bytes), opened.decode().payloads());
                assertEquals(sealed.datagrams().get(0), opened.datagram());
                assertEquals(0, reassembly.kept());
            }
        }
    }

    @Test
    void theSizeIsUsedToTheBlock() {
        for (IkeProposal proposal : List.of(GCM, Configs.IKE)) {
            int slack = LIMITS.first() - seal(proposal, 4, 3000).datagrams().get(0).length();
            assertTrue(slack >= 0 && slack < 16, "unused: " + slack);
        }
    }

    @Test
    void noTwoDatagramsShareAnIv() {
        var seen = new HashSet<Octets>();
        for (boolean response : new boolean[] {false, true}) {
            for (int bytes : new int[] {10, 290, 3000}) {
                Sealed sealed = sa(GCM, true).seal(crypto, ExchangeType.IKEV2_INFORMATIONAL, response, bytes, payloads(bytes));
                var all = new HashSet<>(sealed.datagrams());
                all.addAll(sealed.at(2).datagrams());
                all.addAll(sealed.at(3).datagrams());
                all.addAll(sealed.at(4).datagrams());
                for (Octets datagram : all) {
                    boolean fragment = MessageCodec.SK_BODY_AT + 8 <= datagram.length() && datagram.at(16) == PayloadType.SKF;
                    assertTrue(seen.add(datagram.slice(fragment ? MessageCodec.SKF_BODY_AT : MessageCodec.SK_BODY_AT, 8)), datagram::toString);
                }
            }
        }
    }

    @Test
    void theThirdTransmissionIsCutSmallerAndStaysSo() throws Exception {
        for (IkeProposal proposal : List.of(GCM, Configs.IKE)) {
            Sealed first = seal(proposal, 4, 1000);
            assertEquals(first, first.at(2));
            Sealed third = first.at(3);
            assertTrue(third.datagrams().stream().allMatch(d -> d.length() <= LIMITS.least()));
            assertTrue(third.datagrams().size() > first.datagrams().size());
            assertEquals(third, third.at(4));
            Sealed whole = seal(proposal, 4, 150);
            assertEquals(1, whole.datagrams().size());
            assertTrue(whole.at(3).datagrams().size() > 1, "what was whole may be too large too");
            assertEquals(seal(GCM, 4, 20), seal(GCM, 4, 20).at(3), "what is small stays as it is");
            Protection peer = sa(proposal, false).protection(crypto);
            var reassembly = new Reassembly();
            assertEquals(Optional.empty(), take(reassembly, peer, first.datagrams().get(0)));
            Optional<Opened> opened = Optional.empty();
            for (Octets fragment : third.datagrams()) {
                opened = take(reassembly, peer, fragment);
            }
            assertEquals(payloads(1000), opened.orElseThrow().decode().payloads(), "the new division drives out the old one");
            take(reassembly, peer, third.datagrams().get(0));
            assertThrows(IkeException.class, () -> take(reassembly, peer, first.datagrams().get(1)));
        }
    }

    private static Octets with(Octets fragment, int at, int number) {
        byte[] bytes = fragment.toByteArray();
        bytes[at] = (byte) (number >> 8);
        bytes[at + 1] = (byte) number;
        return Octets.of(bytes);
    }

    /** A fragment as the peer could make it, with any numbers. */
    private Octets made(IkeProposal proposal, int number, int total, int bytes) {
        Protection protection = sa(proposal, true).protection(crypto);
        var header = IkeHeader.v2(I, R, ExchangeType.IKEV2_INFORMATIONAL, IkeHeader.INITIATOR, 4);
        return protection.fragment(header, PayloadType.NOTIFY, new MessageCodec.Fragment(number, total), Octets.of(new byte[bytes]), 0);
    }

    @Test
    void badFragmentsAreRefusedAndChangeNothing() throws Exception {
        for (IkeProposal proposal : List.of(GCM, Configs.IKE)) {
            List<Octets> sound = seal(proposal, 4, 800).datagrams();
            Octets second = sound.get(1);
            Map<String, Octets> bad = new LinkedHashMap<>();
            bad.put("number 0", with(second, 32, 0));
            bad.put("number beyond the total", with(second, 32, sound.size() + 1));
            bad.put("total 0", with(second, 34, 0));
            bad.put("a larger total that does not authenticate", with(second, 34, sound.size() + 1));
            bad.put("a smaller total", with(second, 34, 2));
            bad.put("another number", with(second, 32, 3));
            bad.put("another message id", with(second, 22, 5));
            bad.put("a first payload", with(second, 28, 0x2900));
            bad.put("already here", sound.get(0));
            bad.put("cut short", with(with(second.slice(0, second.length() - 1), 30, second.length() - 29), 26, second.length() - 1));
            bad.put("nothing encrypted", with(with(second.slice(0, 36), 30, 8), 26, 36));
            bad.put("number 0, authentic", made(proposal, 0, 4, 10));
            bad.put("number beyond the total, authentic", made(proposal, 5, 4, 10));
            bad.put("a smaller total, authentic", made(proposal, 2, 2, 10));
            bad.put("too many fragments, authentic", made(proposal, 1, Reassembly.MAX_FRAGMENTS + 1, 10));
            for (int at = MessageCodec.SKF_BODY_AT; at < second.length(); at += 5) {
                bad.put("altered at " + at, with(second, at, ~second.at(at) << 8));
            }
            Protection peer = sa(proposal, false).protection(crypto);
            var reassembly = new Reassembly();
            take(reassembly, peer, sound.get(0));
            bad.forEach((what, fragment) -> {
                assertThrows(IkeException.class, () -> take(reassembly, peer, fragment), what);
                assertEquals(1, reassembly.kept(), what);
            });
            Optional<Opened> opened = Optional.empty();
            for (Octets fragment : sound.subList(1, sound.size())) {
                opened = take(reassembly, peer, fragment);
            }
            assertEquals(payloads(800), opened.orElseThrow().decode().payloads());
        }
    }

    @Test
    void whatIsKeptIsBounded() throws Exception {
        Protection peer = sa(GCM, false).protection(crypto);
        var reassembly = new Reassembly();
        int each = 2000;
        for (int number = 1; number * each <= Reassembly.MAX_BYTES; number++) {
            assertEquals(Optional.empty(), take(reassembly, peer, made(GCM, number, 60, each)));
        }
        assertNotEquals(0, reassembly.kept());
        assertThrows(IkeException.class, () -> take(reassembly, peer, made(GCM, 59, 60, each)));
        assertEquals(0, reassembly.kept());
    }

    @Test
    void anotherMessageTakesThePlaceOfAnUnfinishedOne() throws Exception {
        Protection peer = sa(GCM, false).protection(crypto);
        var reassembly = new Reassembly();
        take(reassembly, peer, seal(GCM, 4, 800).datagrams().get(0));
        Optional<Opened> opened = Optional.empty();
        for (Octets fragment : seal(GCM, 5, 500).datagrams()) {
            opened = take(reassembly, peer, fragment);
        }
        assertEquals(payloads(500), opened.orElseThrow().decode().payloads());
    }
}
