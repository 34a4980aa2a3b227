package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.ChildSa;
import dev.torii.ike.Encapsulation;
import dev.torii.ike.IkeSa;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Path;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SetUpTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void theArticlesTunnelComesUpWithRealCrypto() {
        var pair = new IkePair(1, Configs.left().build(), Configs.right().build(),
                new BouncyCastleCrypto(new SimCrypto.SeededRandom(1)), new BouncyCastleCrypto(new SimCrypto.SeededRandom(2)));
        pair.left().start();
        pair.runUntil(pair::bothUp, MINUTE, "set-up");
        assertTrue(pair.trafficPasses());
        assertTrue(pair.now().compareTo(Duration.ofMillis(200)) < 0, "nine messages of 10 ms each: " + pair.now());
        assertEquals(0, pair.left().reports.size() + pair.right().reports.size());
    }

    @Test
    void forcedEncapsulationMovesToPort4500() {
        var pair = new IkePair(1, Configs.left().build(), Configs.right().build());
        pair.left().start();
        pair.runUntil(pair::bothUp, MINUTE, "set-up");
        ChildSa child = pair.left().sending().orElseThrow();
        assertTrue(child.udpEncapsulated());
        assertEquals(Path.NAT_T_PORT, child.path().remote().getPort());
        IkeSa sa = pair.right().ikeSas.get(0);
        assertTrue(sa.remoteNat());
        assertFalse(pair.left().ikeSas.get(0).localNat());
        IkeStatus status = pair.left().session().status();
        assertEquals(IkeStatus.State.UP, status.state());
        assertEquals("AES_CBC_256-HMAC_SHA2_384-MODP1536", status.ikeSas().get(0).proposal());
        assertEquals("AES_GCM_16_256", status.children().get(0).suite());
    }

    @Test
    void withoutNatAndForceItStaysOnPort500() {
        var pair = new IkePair(1, Configs.left().force(false).build(), Configs.right().build());
        pair.left().start();
        pair.runUntil(pair::bothUp, MINUTE, "set-up");
        ChildSa child = pair.left().sending().orElseThrow();
        assertFalse(child.udpEncapsulated());
        assertEquals(Path.IKE_PORT, child.path().remote().getPort());
        assertTrue(pair.trafficPasses());
    }

    /** IKE needs the mapping of a NAT all the same. */
    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void encapsulationNoSendsEspWithoutUdpAlsoThroughANat(IkeVersion version) {
        for (boolean nat : new boolean[] {false, true}) {
            var pair = new IkePair(1, Configs.left().version(version).encapsulation(Encapsulation.NO).build(),
                    Configs.right().version(version).encapsulation(Encapsulation.NO).build());
            if (nat) {
                pair.behindNat();
            }
            pair.left().start();
            pair.runUntil(pair::bothUp, MINUTE, "set-up");
            assertFalse(pair.left().sending().orElseThrow().udpEncapsulated());
            assertEquals(nat, pair.left().ikeSas.get(0).localNat());
            assertEquals(nat ? Path.NAT_T_PORT : Path.IKE_PORT, pair.left().ikeSas.get(0).path().local().getPort());
            assertTrue(pair.trafficPasses());
        }
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void encapsulationAutoFollowsNatDetection(IkeVersion version) {
        for (boolean nat : new boolean[] {false, true}) {
            var pair = new IkePair(1, Configs.left().version(version).force(false).build(), Configs.right().version(version).build());
            if (nat) {
                pair.behindNat();
            }
            pair.left().start();
            pair.runUntil(pair::bothUp, MINUTE, "set-up");
            assertEquals(nat, pair.left().sending().orElseThrow().udpEncapsulated());
            assertEquals(nat, pair.right().sending().orElseThrow().udpEncapsulated());
        }
    }

    @Test
    void aNatIsFoundAndItsPortIsUsed() {
        var pair = new IkePair(1, Configs.left().force(false).build(), Configs.right().build()).behindNat();
        pair.left().start();
        pair.runUntil(pair::bothUp, MINUTE, "set-up");
        assertTrue(pair.left().ikeSas.get(0).localNat());
        assertTrue(pair.right().ikeSas.get(0).remoteNat());
        assertEquals(40000, pair.right().sending().orElseThrow().path().remote().getPort());
        assertTrue(pair.trafficPasses());
    }
}
