package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Authentication;
import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.PostQuantumKeys;
import dev.torii.ike.Secret;
import dev.torii.ike.SignatureScheme;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.cert.Authority;
import dev.torii.ike.cert.Trust;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several connections of one pair of addresses: who the peer is chooses among them, once it says so. */
class IdentityTest {
    private static final Identity GATEWAY = Identity.fqdn("gw.example");
    private static final Identity OTHER_GATEWAY = Identity.fqdn("other-gw.example");
    private static final Identity A = Identity.fqdn("a.example");
    private static final Identity B = Identity.fqdn("b.example");
    private static final IkeProposal STRONGER = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_512, DhGroup.MODP2048);

    private static Configs here(IkeVersion version, String name, Identity peer, String secret) {
        return Configs.right().version(version).name(name).local(GATEWAY).remote(peer).secret(secret);
    }

    private static Configs there(IkeVersion version, Identity self, String secret) {
        return Configs.left().version(version).local(self).remote(GATEWAY).secret(secret);
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void eachOfTwoPeersBehindOneAddressGetsItsOwnConnection(IkeVersion version) {
        var host = new Host(here(version, "first", A, "same").build(), here(version, "second", B, "same").build());
        assertTrue(host.begin(there(version, B, "same").build()).up(), host.story.toString());
        assertTrue(host.begin(there(version, A, "same").build()).up(), host.story.toString());
        assertEquals(List.of("second", "first"), host.serving(), host.story.toString());
        assertEquals(B, host.sessions.get("second").status().ikeSas().get(0).peer().orElseThrow().identity());
        assertEquals(1, host.told(line -> line.contains("hands")), host.story.toString());
        assertEquals(0, host.halfOpens.total());
        assertEquals(2, host.cookies());
    }

    @Test
    void withIkeV2EachIdentityHasASecretOfItsOwn() {
        var host = new Host(here(IkeVersion.V2, "first", A, "secret of a").build(), here(IkeVersion.V2, "second", B, "secret of b").build());
        assertTrue(host.begin(there(IkeVersion.V2, B, "secret of b").build()).up(), host.story.toString());
        assertTrue(host.begin(there(IkeVersion.V2, A, "secret of a").build()).up(), host.story.toString());
        assertEquals(List.of("second", "first"), host.serving());
        assertFalse(host.begin(there(IkeVersion.V2, A, "secret of b").build()).up());
        assertEquals(2, host.serving().size());
        assertEquals(1, host.told(line -> line.startsWith("first: ") && line.contains("pre-shared key mismatch")), host.story.toString());
    }

    @Test
    void withIkeV1OnlyConnectionsWithTheSameSecretAreChosenAmong() {
        var host = new Host(here(IkeVersion.V1, "first", A, "secret of a").build(), here(IkeVersion.V1, "second", B, "secret of b").build());
        assertFalse(host.begin(there(IkeVersion.V1, B, "secret of b").build()).up());
        assertTrue(host.begin(there(IkeVersion.V1, A, "secret of a").build()).up(), host.story.toString());
        assertEquals(List.of("first"), host.serving());
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aPeerThatNobodyWantsIsRefused(IkeVersion version) {
        var host = new Host(here(version, "first", A, "same").build(), here(version, "second", B, "same").build());
        assertFalse(host.begin(there(version, Identity.fqdn("c.example"), "same").build()).up());
        assertEquals(List.of(), host.serving());
        assertEquals(0, host.told(line -> line.contains("hands")));
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aNameGoesBeforeAnybody(IkeVersion version) {
        var host = new Host(here(version, "anybody", Identity.ANY, "same").build(), here(version, "second", B, "same").build());
        assertTrue(host.begin(there(version, B, "same").build()).up(), host.story.toString());
        assertTrue(host.begin(there(version, A, "same").build()).up(), host.story.toString());
        assertEquals(List.of("second", "anybody"), host.serving(), host.story.toString());
        assertEquals(A, host.sessions.get("anybody").status().ikeSas().get(0).peer().orElseThrow().identity());
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void theProposalOfTheOneThatIsMeantIsTaken(IkeVersion version) {
        var host = new Host(here(version, "first", A, "same").build(), here(version, "second", B, "same").ike(STRONGER).build());
        assertTrue(host.begin(there(version, B, "same").ike(STRONGER).build()).up(), host.story.toString());
        assertEquals(List.of("second"), host.serving());
        assertFalse(host.begin(there(version, B, "same").build()).up(), "b with what only the connection of a accepts");
        assertEquals(1, host.serving().size());
    }

    @Test
    void whomThePeerAsksForDecides() {
        var other = here(IkeVersion.V2, "second", Identity.ANY, "same").local(OTHER_GATEWAY).build();
        var host = new Host(here(IkeVersion.V2, "first", Identity.ANY, "same").build(), other);
        assertTrue(host.begin(there(IkeVersion.V2, A, "same").remote(OTHER_GATEWAY).build()).up(), host.story.toString());
        assertTrue(host.begin(there(IkeVersion.V2, B, "same").build()).up(), host.story.toString());
        assertEquals(List.of("second", "first"), host.serving());
    }

    @Test
    void ofTwoForTheSamePeerTheTrafficDecides() {
        var net = TrafficSelector.ofPrefix(IkePair.address("10.9.0.0"), 24);
        var host = new Host(here(IkeVersion.V2, "first", A, "same").build(), here(IkeVersion.V2, "second", A, "same").localSelectors(net).build());
        assertTrue(host.begin(there(IkeVersion.V2, A, "same").remoteSelectors(net).build()).up(), host.story.toString());
        assertEquals(List.of("second"), host.serving());
    }

    @Test
    void secretsAndCertificatesStandSideBySide() {
        Authority root = Authority.root("CN=Root");
        Authority gateway = root.issue("CN=gw").dns("gw.example").make();
        Authority peer = root.issue("CN=b").dns("b.example").make();
        var host = new Host(here(IkeVersion.V2, "by secret", A, "same").build(),
                here(IkeVersion.V2, "by certificate", B, "same").authentication(certified(root, gateway)).build());
        assertTrue(host.begin(there(IkeVersion.V2, B, "").authentication(certified(root, peer)).build()).up(), host.story.toString());
        assertTrue(host.begin(there(IkeVersion.V2, A, "same").build()).up(), host.story.toString());
        assertEquals(List.of("by certificate", "by secret"), host.serving());
    }

    private static Authentication certified(Authority root, Authority own) {
        var schemes = List.of(SignatureScheme.values());
        return new Authentication(new Authentication.Certificate(own.chain(), own.signingKey(), schemes, Authentication.Sending.ALWAYS),
                new Authentication.Certified(new Trust(List.of(root.certificate), List.of()), schemes, Optional.empty(),
                        Optional.empty(), () -> Authority.NOW));
    }

    @Test
    void aPostQuantumKeyThatOneConnectionInsistsOnDoesNotShutTheOtherOut() {
        var insists = new PostQuantumKeys(PostQuantumKeys.Use.INSIST,
                List.of(new PostQuantumKeys.Key(Octets.ofHex("aa"), Secret.ofText("0123456789abcdef0123456789abcdef"))));
        var secret = new Authentication.PreSharedKey(Secret.ofText("same"));
        var with = new Authentication(secret, secret, insists);
        var host = new Host(here(IkeVersion.V2, "first", A, "same").authentication(with).build(), here(IkeVersion.V2, "second", B, "same").build());
        assertTrue(host.begin(there(IkeVersion.V2, B, "same").build()).up(), host.story.toString());
        assertTrue(host.begin(there(IkeVersion.V2, A, "same").authentication(with).build()).up(), host.story.toString());
        assertFalse(host.begin(there(IkeVersion.V2, A, "same").build()).up());
        assertEquals(List.of("second", "first"), host.serving());
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aLateFirstMessageOfWhatIsElsewhereNowBeginsNothing(IkeVersion version) {
        var host = new Host(here(version, "first", A, "same").build(), here(version, "second", B, "same").build());
        Host.Peer peer = host.begin(there(version, B, "same").build());
        host.inject(host.sent.get(0), peer);
        assertEquals(1, host.told(line -> line.contains("another connection's now")), host.story.toString());
        assertEquals(1, host.cookies());
        assertEquals(IkeStatus.State.UP, host.sessions.get("second").status().state());
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void theLastMessageThatComesAgainIsAnsweredByWhoHasItNow(IkeVersion version) {
        var host = new Host(here(version, "first", A, "same").build(), here(version, "second", B, "same").build());
        Host.Peer peer = host.begin(there(version, B, "same").build());
        host.inject(host.sent.get(version == IkeVersion.V1 ? 2 : 1), peer);
        assertEquals(1, host.told(line -> line.startsWith("second drops: ") && (line.contains("duplicate") || line.contains("again"))), host.story.toString());
        assertTrue(peer.up());
    }

    @Test
    void nobodysIdentityIsEverSentOrTakenForAnother() {
        assertFalse(A.admits(B));
        assertTrue(Identity.ANY.admits(B));
        assertTrue(Identity.AS_CERTIFIED.admits(A));
        assertEquals("%any", Identity.ANY.toString());
        assertFalse(Identity.ANY.equals(Identity.AS_CERTIFIED));
    }
}
