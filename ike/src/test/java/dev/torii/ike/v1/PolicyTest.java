package dev.torii.ike.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.IkeException;
import dev.torii.ike.IntegrityAlgorithm;
import dev.torii.ike.Octets;
import dev.torii.ike.Spi;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.sim.Configs;
import dev.torii.ike.wire.Attribute;
import dev.torii.ike.wire.Payload;
import dev.torii.ike.wire.Proposal;
import dev.torii.ike.wire.Transform;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyTest {
    private final Phase1Policy phase1 = new Phase1Policy(Configs.right().build());
    private final Phase2Policy phase2 = new Phase2Policy(Configs.right().build(), true);

    private static Payload.Sa with(Payload.Sa offer, Attribute... changes) {
        Proposal proposal = offer.proposals().get(0);
        Transform transform = proposal.transforms().get(0);
        var attributes = new ArrayList<>(transform.attributes());
        for (Attribute change : changes) {
            attributes.removeIf(a -> a.type() == change.type());
            attributes.add(change);
        }
        return new Payload.Sa(List.of(new Proposal(1, proposal.protocol(), proposal.spi(),
                List.of(new Transform(1, transform.id(), attributes)))));
    }

    @Test
    void whatWeOfferWeAccept() throws Refusal {
        assertEquals(Configs.IKE, phase1.choose(phase1.offer()).proposal());
        assertEquals(Configs.ESP, phase2.choose(phase2.offer(new Spi(0x12345678)), new Spi(0x1000)).proposal());
        assertEquals(new Spi(0x12345678), phase2.choose(phase2.offer(new Spi(0x12345678)), new Spi(0x1000)).peerSpi());
    }

    @Test
    void lifetimesOfAnyFormAreAcceptedAndTheShorterIsUsed() throws Refusal {
        Payload.Sa offer = phase1.offer();
        assertEquals(Duration.ofSeconds(600), phase1.choose(with(offer, Attribute.of(12, 600))).lifetime());
        assertEquals(Duration.ofSeconds(600), phase1.choose(with(offer, new Attribute(12, false, Octets.ofInt(600)))).lifetime());
        assertEquals(Duration.ofHours(8), phase1.choose(with(offer, new Attribute(12, false, Octets.ofInt(-1)))).lifetime());
        assertEquals(Duration.ofHours(8), phase1.choose(with(offer, Attribute.of(12, 0))).lifetime());
        assertEquals(Duration.ofHours(8), phase1.choose(with(offer, Attribute.of(11, 2), Attribute.of(12, 5))).lifetime(), "kilobytes");
    }

    @Test
    void eachDifferenceIsNamed() {
        var table = List.of(
                List.of(with(phase1.offer(), Attribute.of(1, 5)), "encryption number 5, we want AES_CBC"),
                List.of(with(phase1.offer(), Attribute.of(14, 128)), "key length 128, we want 256"),
                List.of(with(phase1.offer(), Attribute.of(2, 2)), "hash SHA1, we want SHA2_384"),
                List.of(with(phase1.offer(), Attribute.of(3, 3)), "authentication method 3, we want pre-shared key"),
                List.of(with(phase1.offer(), Attribute.of(4, 2)), "group MODP1024, we want MODP1536"),
                List.of(with(phase1.offer(), Attribute.of(13, 1)), "attribute 13"));
        for (List<?> row : table) {
            var refusal = assertThrows(Refusal.class, () -> phase1.choose((Payload.Sa) row.get(0)));
            assertTrue(refusal.getMessage().contains((String) row.get(1)), refusal.getMessage());
        }
    }

    @Test
    void eachDifferenceOfAChildIsNamed() {
        Payload.Sa offer = phase2.offer(new Spi(0x12345678));
        var table = List.of(
                List.of(with(offer, Attribute.of(4, 1)), "encapsulation mode tunnel, we want UDP-encapsulated tunnel"),
                List.of(with(offer, Attribute.of(6, 128)), "key length 128, we want 256"),
                List.of(with(offer, Attribute.of(5, 5)), "integrity HMAC_SHA2_256_128, we want none"),
                List.of(with(offer, Attribute.of(3, 14)), "PFS group MODP2048, we want MODP1536"));
        for (List<?> row : table) {
            var refusal = assertThrows(Refusal.class, () -> phase2.choose((Payload.Sa) row.get(0), new Spi(0x1000)));
            assertTrue(refusal.getMessage().contains((String) row.get(1)), refusal.getMessage());
        }
    }

    @Test
    void aCipherAndItsIntegrityAreChosenTogether() throws Refusal {
        var sha1 = new EspProposal(EspCipher.AES_CBC, 256, Optional.of(IntegrityAlgorithm.HMAC_SHA1_96), Optional.empty());
        var sha2 = new EspProposal(EspCipher.AES_CBC, 256, Optional.of(IntegrityAlgorithm.HMAC_SHA2_256_128), Optional.empty());
        Payload.Sa offer = new Phase2Policy(Configs.left().esp(Configs.ESP_WITHOUT_PFS, sha1, sha2).build(), true).offer(new Spi(0x12345678));
        assertEquals(sha2, new Phase2Policy(Configs.right().esp(sha2).build(), true).choose(offer, new Spi(0x1000)).proposal());
        var other = new Phase2Policy(Configs.right().esp(new EspProposal(EspCipher.AES_CBC, 256, Optional.of(IntegrityAlgorithm.HMAC_SHA2_512_256),
                Optional.empty())).build(), true);
        var refusal = assertThrows(Refusal.class, () -> other.choose(offer, new Spi(0x1000)));
        assertTrue(refusal.getMessage().contains("integrity HMAC_SHA1_96, we want HMAC_SHA2_512_256"), refusal.getMessage());
    }

    @Test
    void aReservedSpiAndABundleAreRefused() {
        Payload.Sa reserved = phase2.offer(new Spi(255));
        assertThrows(Refusal.class, () -> phase2.choose(reserved, new Spi(0x1000)));
        Proposal esp = phase2.offer(new Spi(0x12345678)).proposals().get(0);
        var bundle = new Payload.Sa(List.of(esp, new Proposal(1, 2, Octets.ofInt(0x2000), List.of())));
        assertThrows(Refusal.class, () -> phase2.choose(bundle, new Spi(0x1000)));
    }

    @Test
    void mm2WithTwoTransformsIsRefused() {
        Proposal proposal = phase1.offer().proposals().get(0);
        Transform transform = proposal.transforms().get(0);
        var two = new Payload.Sa(List.of(new Proposal(1, 1, Octets.EMPTY, List.of(transform, transform))));
        assertThrows(Refusal.class, () -> phase1.check(two));
        assertThrows(Refusal.class, () -> phase1.check(new Payload.Sa(List.of())));
    }

    @Test
    void selectorsSurviveARoundTrip() throws IkeException, UnknownHostException {
        var range = new TrafficSelector(Octets.ofHex("0a000001"), Octets.ofHex("0a000009"), 17, 1701);
        for (TrafficSelector selector : List.of(TrafficSelector.ofPrefix(InetAddress.getByName("0.0.0.0"), 0),
                TrafficSelector.ofPrefix(InetAddress.getByName("192.168.2.77"), 24), TrafficSelector.ofAddress(InetAddress.getByName("10.1.2.3")),
                TrafficSelector.ofPrefix(InetAddress.getByName("2001:db8::"), 32), TrafficSelector.ofAddress(InetAddress.getByName("::1")),
                TrafficSelector.ofPrefix(InetAddress.getByName("::"), 0), range)) {
            assertEquals(selector, Selectors.decode(Selectors.encode(selector)), selector.toString());
        }
        assertEquals("192.168.2.0/24", TrafficSelector.ofPrefix(InetAddress.getByName("192.168.2.77"), 24).toString());
        assertEquals("10.0.0.1-10.0.0.9 17/1701", range.toString());
    }

    @Test
    void oddSelectorsAreRefused() {
        for (Payload.Id bad : List.of(new Payload.Id(4, 0, 0, Octets.ofHex("0a000000ff00ff00")), new Payload.Id(4, 0, 0, Octets.ofHex("0a000000")),
                new Payload.Id(1, 0, 0, Octets.EMPTY), new Payload.Id(7, 0, 0, Octets.ofHex("0a0000020a000001")),
                new Payload.Id(2, 0, 0, Octets.ofHex("61626364")), new Payload.Id(2, 0, 0, Octets.ofHex("6162636465666768")))) {
            assertThrows(IkeException.class, () -> Selectors.decode(bad), bad.toString());
        }
    }
}
