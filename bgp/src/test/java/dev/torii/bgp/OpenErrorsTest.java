package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.CPE1;
import static dev.torii.bgp.Fixtures.HEAD1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.Octets;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** OPEN messages that are cut, padded or made of things nobody knows: each is accepted or answered with one NOTIFICATION. */
class OpenErrorsTest {
    private static final String FIXED = "04" + "7c9a" + "00b4" + "c0a8fe02", FOUR_OCTETS = "0206" + "4104" + "00007c9a";

    private static String open(String parameters) { return FIXED + String.format("%02x", parameters.length() / 2) + parameters; }

    private static ByteBuffer message(String body) {
        return Octets.parseHex("ff".repeat(16) + String.format("%04x01", 19 + body.length() / 2) + body).toBuffer();
    }

    /** What the speaker sends after its own OPEN. */
    private static NotificationMessage answer(String body) {
        var played = new Played(Fixtures.open(65000, CPE1, HEAD1, 31898).build());
        var peer = played.connect(HEAD1, LocalAddresses.of(CPE1), 31898);
        peer.sent.clear();
        peer.say(message(body));
        assertEquals(1, peer.sent.size(), body);
        if (!(peer.sent.getFirst() instanceof NotificationMessage refused)) return NotificationMessage.of(0, 0);
        assertTrue(peer.closed, body);
        return refused;
    }

    @Test void everyOptionTypeCutAtEveryByteIsAnsweredOnce() {
        for (int type = 0; type < 256; type++) {
            var parameter = String.format("%02x06", type) + "410400007c9a";
            assertEquals(type == 2 ? 0 : Iana.UNSUPPORTED_PARAMETER, answer(open(parameter)).subcode(), "type " + type);
            for (int cut = 1; cut < parameter.length() / 2; cut++) {
                var cutParameter = parameter.substring(0, 2 * cut);
                assertEquals(Iana.OPEN_ERROR, answer(open(cutParameter)).code(), "length agrees: type " + type + " cut at " + cut);
                assertEquals(Iana.OPEN_ERROR, answer(FIXED + "08" + cutParameter).code(), "length lies: type " + type + " cut at " + cut);
            }
        }
    }

    @Test void everyCapabilityCutAtEveryByteIsAnsweredOnce() {
        for (int code = 0; code < 256; code++) {
            var value = switch (code) {
                case 1 -> "00010001";
                case 2, 70 -> "";
                case 64 -> "407800010180";
                case 65 -> "00007c9a";
                default -> "0102030405";
            };
            var capability = String.format("%02x%02x", code, value.length() / 2) + value;
            var whole = String.format("02%02x", capability.length() / 2) + capability;
            assertEquals(0, answer(open(whole + FOUR_OCTETS)).code(), "unknown capabilities are ignored: " + code);
            for (int cut = 1; cut < capability.length() / 2; cut++) {
                var part = capability.substring(0, 2 * cut);
                assertEquals(Iana.OPEN_ERROR, answer(open(String.format("02%02x", cut) + part)).code(), "capability " + code + " cut at " + cut);
                assertEquals(Iana.OPEN_ERROR, answer(open(whole.substring(0, 2 * (cut + 2)))).code(), "parameter of capability " + code + " cut at " + cut);
            }
        }
    }

    @Test void anOpenCutInItsFixedPartIsABadLength() {
        for (int cut = 0; cut < 10; cut++) {
            assertEquals(NotificationMessage.of(Iana.HEADER_ERROR, Iana.BAD_LENGTH).code(), answer(open("").substring(0, 2 * cut)).code(), "cut at " + cut);
        }
        assertEquals(0, answer(open("")).code(), "no capability at all: RFC 4271's own form");
    }

    @Test void emptyParametersAndRepeatedCapabilitiesAreAccepted() {
        for (String parameters : List.of("0200", "0200" + FOUR_OCTETS, FOUR_OCTETS + FOUR_OCTETS, FOUR_OCTETS.repeat(20))) {
            assertEquals(0, answer(open(parameters)).code(), parameters);
        }
    }
}
