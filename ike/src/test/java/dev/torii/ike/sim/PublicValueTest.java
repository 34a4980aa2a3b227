package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.Event;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeSa;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Public values that give the shared secret away, or are none: in each exchange, from either side, with the real groups. */
class PublicValueTest {
    private static final Duration A_WHILE = Duration.ofSeconds(10);
    private static final Duration IKE_LIFETIME = Duration.ofMinutes(30);
    private static final DhGroup HONEST = DhGroup.ECP384;

    record Lie(DhGroup group, String what, Octets value) {
        @Override
        public String toString() {
            return group + ", " + what;
        }
    }

    static Stream<Lie> lies() {
        var lies = new ArrayList<Lie>();
        for (DhGroup group : List.of(DhGroup.MODP1024, DhGroup.MODP1536, DhGroup.MODP2048S256, DhGroup.ECP256, DhGroup.ECP521, DhGroup.X25519)) {
            int bytes = group.publicBytes();
            lies.add(new Lie(group, "0", number(BigInteger.ZERO, bytes)));
            Octets good = new BouncyCastleCrypto(new SimCrypto.SeededRandom(1)).generate(group).publicValue();
            lies.add(new Lie(group, "one byte short", good.slice(0, bytes - 1)));
            lies.add(new Lie(group, "one byte long", Octets.concat(good, Octets.of((byte) 0))));
            lies.add(new Lie(group, "one byte", Octets.of((byte) 2)));
            if (group != DhGroup.X25519) {               // there these are points
                lies.add(new Lie(group, "1", number(BigInteger.ONE, bytes)));
                lies.add(new Lie(group, "all ones", number(BigInteger.ONE.shiftLeft(8 * bytes).subtract(BigInteger.ONE), bytes)));
            }
            if (group == DhGroup.ECP256 || group == DhGroup.ECP521) {
                lies.add(new Lie(group, "a point beside the curve", Octets.concat(good.slice(0, bytes - 1), Octets.of((byte) ~good.toByteArray()[bytes - 1]))));
            }
        }
        for (int above = -1; above <= 1; above++) {
            BigInteger value = DHStandardGroups.rfc3526_1536.getP().add(BigInteger.valueOf(above));
            lies.add(new Lie(DhGroup.MODP1536, "p + " + above, number(value, DhGroup.MODP1536.publicBytes())));
        }
        return lies.stream();
    }

    /** Of two groups: how a value is refused is the same for all. */
    static Stream<Lie> liesOfV2() {
        return lies().filter(lie -> Set.of(DhGroup.MODP1536, DhGroup.X25519).contains(lie.group()));
    }

    private static Octets number(BigInteger value, int bytes) {
        byte[] raw = value.toByteArray();
        byte[] out = new byte[bytes];
        int length = Math.min(raw.length, bytes);
        System.arraycopy(raw, raw.length - length, out, bytes - length, length);
        return Octets.of(out);
    }

    /** A key whose owner says something else in public. */
    private record LyingKey(IkeCrypto.DhKey real, Octets publicValue) implements IkeCrypto.DhKey {
        @Override
        public DhGroup group() {
            return real.group();
        }

        @Override
        public Secret sharedWith(Octets peerPublicValue) throws IkeException {
            return real.sharedWith(peerPublicValue);
        }
    }

    /** Honest in every respect but the public values of one group, and in these until {@code begun}. */
    private static IkeCrypto lying(Lie lie, BooleanSupplier begun) {
        IkeCrypto honest = honest(1);
        return (IkeCrypto) Proxy.newProxyInstance(IkeCrypto.class.getClassLoader(), new Class<?>[] {IkeCrypto.class}, (proxy, method, arguments) -> {
            Object result = method.invoke(honest, arguments);
            if (result instanceof IkeCrypto.DhKey key && key.group() == lie.group() && begun.getAsBoolean()) {
                return new LyingKey(key, lie.value());
            }
            if (result instanceof IkeCrypto.Responded responded && arguments[0] == lie.group() && begun.getAsBoolean()) {
                return new IkeCrypto.Responded(lie.value(), responded.shared());
            }
            return result;
        });
    }

    private static IkeCrypto honest(long seed) {
        return new BouncyCastleCrypto(new SimCrypto.SeededRandom(seed));
    }

    private static IkePair pair(Lie lie, boolean leftLies, DhGroup ikeGroup, Optional<DhGroup> pfs) {
        var ike = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_256, ikeGroup);
        var esp = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), pfs);
        var pair = new IkePair(1, Configs.left().ike(ike).esp(esp).build(), Configs.right().ike(ike).esp(esp).build(),
                leftLies ? lying(lie, () -> true) : honest(2), leftLies ? honest(3) : lying(lie, () -> true));
        pair.left().start();
        pair.runFor(A_WHILE);
        return pair;
    }

    private static void nothingCameUp(Endpoint victim) {
        assertFalse(victim.up);
        assertEquals(0, victim.outbound.size());
        seen(victim);
    }

    private static void seen(Endpoint victim) {
        assertTrue(Stream.concat(victim.dropped.stream(), victim.reports.stream()).anyMatch(line -> line.contains("public value")),
                "dropped " + victim.dropped + ", reported " + victim.reports);
    }

    @ParameterizedTest
    @MethodSource("lies")
    void inMainModeItIsRefusedByEitherSide(Lie lie) {
        for (boolean leftLies : new boolean[] {true, false}) {
            var pair = pair(lie, leftLies, lie.group(), Optional.empty());
            Endpoint victim = leftLies ? pair.right() : pair.left();
            nothingCameUp(victim);
            assertEquals(0, victim.ikeSas.size());
        }
    }

    @ParameterizedTest
    @MethodSource("lies")
    void inQuickModeItIsRefusedByEitherSideAndTheIkeSaStays(Lie lie) {
        for (boolean leftLies : new boolean[] {true, false}) {
            var pair = pair(lie, leftLies, HONEST, Optional.of(lie.group()));
            Endpoint victim = leftLies ? pair.right() : pair.left();
            nothingCameUp(victim);
            assertEquals(1, victim.ikeSas.size(), "it was the peer, and may do better");
        }
    }

    private static IkePair pairV2(Lie lie, boolean leftLies, DhGroup ikeGroup, Optional<DhGroup> pfs, BooleanSupplier begun) {
        var ike = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_256, ikeGroup);
        var esp = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), pfs);
        var pair = new IkePair(1, Configs.left().version(IkeVersion.V2).ike(ike).esp(esp).ikeLifetime(IKE_LIFETIME).build(),
                Configs.right().version(IkeVersion.V2).ike(ike).esp(esp).build(),
                leftLies ? lying(lie, begun) : honest(2), leftLies ? honest(3) : lying(lie, begun));
        pair.left().start();
        return pair;
    }

    @ParameterizedTest
    @MethodSource("liesOfV2")
    void inIkeSaInitItIsRefusedByEitherSide(Lie lie) {
        for (boolean leftLies : new boolean[] {true, false}) {
            var pair = pairV2(lie, leftLies, lie.group(), Optional.empty(), () -> true);
            pair.runFor(A_WHILE);
            Endpoint victim = leftLies ? pair.right() : pair.left();
            nothingCameUp(victim);
            assertEquals(0, victim.ikeSas.size());
        }
    }

    /** RFC 7296, section 2.21.3: a malformed request ends the IKE SA. Of an answer the peer is told by Delete, and goes on with the old child. */
    @ParameterizedTest
    @MethodSource("liesOfV2")
    void inCreateChildSaARequestEndsTheIkeSaAndAnAnswerMakesNoChild(Lie lie) {
        for (boolean leftLies : new boolean[] {true, false}) {
            var begun = new AtomicBoolean();
            var pair = pairV2(lie, leftLies, HONEST, Optional.of(lie.group()), begun::get);
            pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), A_WHILE, "set-up");
            begun.set(true);
            var old = pair.left().sending().orElseThrow();
            pair.left().step(new Event.RekeyChild(old.inbound()));
            if (leftLies) {
                itEnds(pair.right(), pair, A_WHILE);
            } else {
                pair.runFor(A_WHILE);
                assertEquals(Set.of(old.inbound()), pair.left().inbound.keySet());
                assertEquals(Set.of(old.outbound()), pair.right().inbound.keySet());
                assertTrue(pair.trafficPasses());
                seen(pair.left());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("liesOfV2")
    void inARenewalOfTheIkeSaItEndsThatAndMakesNoOther(Lie lie) {
        for (boolean leftLies : new boolean[] {true, false}) {
            var begun = new AtomicBoolean();
            var pair = pairV2(lie, leftLies, lie.group(), Optional.empty(), begun::get);
            pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), A_WHILE, "set-up");
            begun.set(true);
            itEnds(leftLies ? pair.right() : pair.left(), pair, IKE_LIFETIME);
        }
    }

    private static void itEnds(Endpoint victim, IkePair pair, Duration soon) {
        IkeSa before = victim.ikeSas.get(0);
        int children = victim.outbound.size();
        pair.runUntil(() -> !victim.ikeSas.contains(before), soon, "the end of the IKE SA");
        assertEquals(List.of(), victim.ikeSas);
        assertTrue(victim.outbound.size() <= children, "no child of it");
        seen(victim);
    }
}
