package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.ChildSa;
import dev.torii.ike.DhGroup;
import dev.torii.ike.Effect;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys do not outlive what they protect. */
class ErasureTest {
    private static final Secret PRE_SHARED_KEY = Secret.ofText("Shared_secret_tunnel1");

    /** Remembers every key that was used. */
    private static final class Witness implements IkeCrypto {
        private static final int BOTH_NONCES = 64;      // IKEv2's first key is public: Ni | Nr

        private final SimCrypto real;
        private final Set<Secret> keys = Collections.newSetFromMap(new IdentityHashMap<>());

        Witness(long seed) {
            real = new SimCrypto(seed);
        }

        long alive() {
            return keys.stream().filter(key -> !key.isErased()).count();
        }

        private Secret seen(Secret key) {
            if (!key.equals(PRE_SHARED_KEY) && key.length() != BOTH_NONCES) {
                keys.add(key);
            }
            return key;
        }

        @Override
        public byte[] random(int bytes) {
            return real.random(bytes);
        }

        @Override
        public DhKey generate(DhGroup group) {
            return real.generate(group);
        }

        @Override
        public Secret prf(HashAlgorithm hash, Secret key, byte[]... data) {
            return real.prf(hash, seen(key), data);
        }

        @Override
        public Octets hash(HashAlgorithm hash, byte[]... data) {
            return real.hash(hash, data);
        }

        @Override
        public Octets encrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets plain) {
            return real.encrypt(algorithm, seen(key), iv, plain);
        }

        @Override
        public Octets decrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets encrypted) {
            return real.decrypt(algorithm, seen(key), iv, encrypted);
        }

        @Override
        public Octets seal(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets plain) {
            return real.seal(algorithm, seen(key), nonce, associated, plain);
        }

        @Override
        public Octets open(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets sealed) throws IkeException {
            return real.open(algorithm, seen(key), nonce, associated, sealed);
        }
    }

    private final Witness left = new Witness(1);
    private final Witness right = new Witness(2);

    private IkePair pair(IkeVersion version) {
        return new IkePair(1, Configs.left().version(version).build(), Configs.right().version(version).build(), left, right);
    }

    private IkePair pairWithAdditionalKeys() {
        var ike = new IkeProposal(Configs.IKE.encryption(), Configs.IKE.keyBits(), Configs.IKE.hash(), Configs.IKE.group(),
                List.of(DhGroup.ECP256, DhGroup.ECP384));
        var esp = Configs.ESP.with(ike.additional());
        return new IkePair(1, Configs.left().version(IkeVersion.V2).ike(ike).esp(esp).build(),
                Configs.right().version(IkeVersion.V2).ike(ike).esp(esp).build(), left, right);
    }

    private static List<ChildSa> children(Endpoint side) {
        var children = new ArrayList<ChildSa>();
        for (Effect effect : side.effects) {
            if (effect instanceof Effect.InstallInbound(ChildSa child)) {
                children.add(child);
            }
        }
        return children;
    }

    private static void erased(ChildSa child, boolean expected) {
        assertEquals(expected, child.inboundKey().isErased() && child.outboundKey().isErased());
    }

    @ParameterizedTest
    @EnumSource
    void afterRenewalsOnlyWhatIsInUseIsLeftAndAfterTheEndNothing(IkeVersion version) {
        renewals(pair(version));
    }

    @Test
    void theSameWithAdditionalKeyExchanges() {
        renewals(pairWithAdditionalKeys());
    }

    private void renewals(IkePair pair) {
        pair.left().start();
        pair.runUntil(pair::bothUp, Duration.ofMinutes(1), "set-up");
        pair.runFor(Duration.ofHours(20));
        for (Witness side : List.of(left, right)) {
            assertTrue(side.keys.size() > 10, "keys used: " + side.keys.size());
            assertTrue(side.alive() > 0 && side.alive() <= 7, "still there: " + side.alive());
        }
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            assertTrue(children(side).size() > 15);
            children(side).forEach(child -> erased(child, !side.inbound.containsValue(child)));
        }
        pair.left().stop();
        pair.runFor(Duration.ofSeconds(2));
        assertEquals(0, left.alive() + right.alive());
        children(pair.left()).forEach(child -> erased(child, true));
        children(pair.right()).forEach(child -> erased(child, true));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsGivenUpHalfwayLeavesNothing(IkeVersion version) {
        for (int millis = 0; millis < 120; millis += 5) {
            IkePair pair = pair(version);
            pair.left().start();
            pair.runFor(Duration.ofMillis(millis));
            pair.left().stop();
            pair.cut(true);
            pair.runFor(Duration.ofMinutes(3));
            assertEquals(0, left.alive(), "stopped after " + millis + " ms");
            pair.right().stop();
            pair.runFor(Duration.ofSeconds(2));
            assertEquals(0, right.alive(), "silence after " + millis + " ms");
        }
    }

    @Test
    void whatIsGivenUpHalfwayInIkeIntermediateLeavesNothing() {
        for (int millis = 0; millis < 120; millis += 5) {
            IkePair pair = pairWithAdditionalKeys();
            pair.left().start();
            pair.runFor(Duration.ofMillis(millis));
            pair.left().stop();
            pair.cut(true);
            pair.runFor(Duration.ofMinutes(3));
            assertEquals(0, left.alive(), "stopped after " + millis + " ms");
            pair.right().stop();
            pair.runFor(Duration.ofSeconds(2));
            assertEquals(0, right.alive(), "silence after " + millis + " ms");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDeadPeersKeysGo(IkeVersion version) {
        IkePair pair = pair(version);
        pair.left().start();
        pair.runUntil(pair::bothUp, Duration.ofMinutes(1), "set-up");
        assertFalse(right.alive() == 0);
        pair.cut(true);
        pair.runFor(Duration.ofMinutes(1));
        assertEquals(0, right.alive());
        children(pair.right()).forEach(child -> erased(child, true));
    }
}
