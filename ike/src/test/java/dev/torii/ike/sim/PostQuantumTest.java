package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Authentication;
import dev.torii.ike.Event;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.PostQuantumKeys;
import dev.torii.ike.PostQuantumKeys.Use;
import dev.torii.ike.Secret;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.IkeHeader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Post-quantum pre-shared keys between two of our own: RFC 8784, section 3, each case of its tables. */
class PostQuantumTest {
    private static final Authentication.PreSharedKey PSK = new Authentication.PreSharedKey(Secret.ofText("Shared_secret_tunnel1"));
    private static final String LONG = "0123456789abcdef0123456789abcdef";

    private static PostQuantumKeys keys(Use use, String... namesAndSecrets) {
        return use == Use.NEVER ? PostQuantumKeys.NONE : new PostQuantumKeys(use, Stream.of(namesAndSecrets).map(pair -> pair.split("="))
                .map(pair -> new PostQuantumKeys.Key(Octets.of(pair[0].getBytes(StandardCharsets.UTF_8)), Secret.ofText(pair[1]))).toList());
    }

    private static IkeConfig config(Configs side, PostQuantumKeys keys) {
        return side.version(IkeVersion.V2).authentication(new Authentication(PSK, PSK, keys)).build();
    }

    private static IkePair pair(PostQuantumKeys left, PostQuantumKeys right) {
        return new IkePair(1, config(Configs.left(), left), config(Configs.right(), right));
    }

    private static boolean begins(IkePair pair) {
        pair.left().start();
        pair.runFor(Duration.ofSeconds(20));
        return pair.bothUp() && pair.trafficPasses();
    }

    private static boolean used(Endpoint side) {
        boolean ours = side.session().status().ikeSas().get(0).peer().orElseThrow().by().endsWith("and post-quantum key");
        assertEquals(1, side.session().status().ikeSas().size());
        return ours;
    }

    /** The tables of RFC 8784, section 3: what either side is set to, whether there is a tunnel, and whether the key is in it. */
    @ParameterizedTest
    @CsvSource({
        "NEVER, NEVER, true, false", "NEVER, PERMIT, true, false", "NEVER, PROPOSE, true, false", "NEVER, INSIST, false, false",
        "PERMIT, NEVER, true, false", "PERMIT, PERMIT, true, false", "PERMIT, PROPOSE, true, false", "PERMIT, INSIST, false, false",
        "PROPOSE, NEVER, true, false", "PROPOSE, PERMIT, true, true", "PROPOSE, PROPOSE, true, true", "PROPOSE, INSIST, true, true",
        "INSIST, NEVER, false, false", "INSIST, PERMIT, true, true", "INSIST, PROPOSE, true, true", "INSIST, INSIST, true, true"})
    void bothSidesKnowTheKey(Use left, Use right, boolean up, boolean used) {
        IkePair pair = pair(keys(left, "one=" + LONG), keys(right, "one=" + LONG));
        assertEquals(up, begins(pair), pair.history());
        if (up) {
            assertEquals(used, used(pair.left()));
            assertEquals(used, used(pair.right()));
        }
    }

    @ParameterizedTest
    @CsvSource({"PROPOSE, PERMIT, true", "PROPOSE, PROPOSE, true", "PROPOSE, INSIST, false", "INSIST, PERMIT, false",
            "INSIST, PROPOSE, false", "INSIST, INSIST, false"})
    void theResponderDoesNotHaveTheKeyThatIsNamed(Use left, Use right, boolean up) {
        IkePair pair = pair(keys(left, "one=" + LONG), keys(right, "two=" + LONG));
        assertEquals(up, begins(pair), pair.history());
        if (up) {
            assertFalse(used(pair.left()));
            assertFalse(used(pair.right()));
        }
    }

    @ParameterizedTest
    @CsvSource({"PROPOSE, PERMIT", "PROPOSE, PROPOSE", "INSIST, INSIST"})
    void anotherSecretUnderTheSameNameIsNoTunnel(Use left, Use right) {
        IkePair pair = pair(keys(left, "one=" + LONG), keys(right, "one=" + LONG.replace('f', 'e')));
        assertFalse(begins(pair));
        assertEquals(0, pair.left().ikeSas.size());
        assertEquals(0, pair.right().ikeSas.size());
        assertTrue(pair.left().reports.stream().anyMatch(said -> said.contains("AUTHENTICATION_FAILED")), pair.left().reports.toString());
    }

    @Test
    void aResponderMayHaveSeveralAndUsesTheOneThatIsNamed() {
        IkePair pair = pair(keys(Use.INSIST, "two=" + LONG + "2"), keys(Use.INSIST, "one=" + LONG, "two=" + LONG + "2", "three=" + LONG));
        assertTrue(begins(pair), pair.history());
        assertTrue(used(pair.left()));
    }

    @Test
    void successorsAndChildrenComeFromTheMixedKeys() {
        var left = config(Configs.left(), keys(Use.INSIST, "one=" + LONG));
        var right = config(Configs.right(), keys(Use.PERMIT, "one=" + LONG));
        var pair = new IkePair(1, left, right, new BouncyCastleCrypto(new SimCrypto.SeededRandom(1)), new BouncyCastleCrypto(new SimCrypto.SeededRandom(2)));
        assertTrue(begins(pair));
        pair.right().step(new Event.RekeyChild(pair.right().sending().orElseThrow().inbound()));
        pair.runFor(Duration.ofHours(9));
        assertTrue(pair.trafficPasses(), pair.history());
        assertEquals(0, pair.left().downs);
    }

    /** Somebody on the way takes USE_PPK out of the answer: a side that insists has no tunnel, and no other comes to different keys. */
    @Test
    void strippingTheNotificationDoesNotHelpAnAttacker() {
        for (Use use : List.of(Use.PROPOSE, Use.INSIST)) {
            IkePair pair = pair(keys(use, "one=" + LONG), keys(Use.PROPOSE, "one=" + LONG));
            pair.meddle(PostQuantumTest::stripped);
            assertFalse(begins(pair), "AUTH covers the answer");
            assertEquals(0, pair.left().ikeSas.size());
        }
    }

    private static Octets stripped(Octets message) {
        try {
            IkeHeader header = MessageCodec.header(message);
            if (!header.response() || header.messageId() != 0 || header.exchange() != 34) {
                return message;
            }
            List<Payload> payloads = MessageCodec.decode(message).payloads().stream()
                    .filter(payload -> !(payload instanceof Payload.Notify notify && notify.notifyType() == NotifyType.USE_PPK)).toList();
            return MessageCodec.encode(header, payloads);
        } catch (Refusal refused) {
            throw new AssertionError(refused);
        }
    }

    @Test
    void itSurvivesABadNetwork() {
        for (long seed = 1; seed <= 100; seed++) {
            IkePair pair = new IkePair(seed, config(Configs.left(), keys(Use.INSIST, "one=" + LONG)), config(Configs.right(), keys(Use.PROPOSE, "one=" + LONG)))
                    .loss(0.3).duplicate(0.1).reorder(0.2);
            pair.left().start();
            pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(10), "seed " + seed);
        }
    }
}
