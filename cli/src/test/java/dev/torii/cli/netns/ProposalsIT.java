package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** One proposal after the other against strongSwan in both roles: a different one in each of two tunnels, and traffic through both. */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class ProposalsIT {
    private static final String PREFIX = "tt-prop";
    private static final String IKE = "aes_cbc256-sha2_384;modp1536";
    private static final String PEER_IKE = "aes256-sha384-modp1536";
    private static final String AGREED_IKE = "AES_CBC-256/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/MODP_1536";
    private static final String ESP = "aes_gcm256;modp1536";

    /** What our side says, what strongSwan says, and what strongSwan calls the result. */
    private record Proposal(String ike, String peerIke, String agreedIke, String esp, String peerEsp, String agreedEsp) {}

    /** Of every family one, the others where the first is rare: key sizes, hashes, ICVs. */
    private static final List<Proposal> SUITES = List.of(
            new Proposal("aes128-sha1;modp2048", "aes128-sha1-modp2048", "AES_CBC-128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_2048",
                    "aes128-sha1;modp1536", "aes128-sha1-modp1536", "ESP:AES_CBC-128/HMAC_SHA1_96/MODP_1536"),
            new Proposal("aes256-sha2_256;modp1536", "aes256-sha256-modp1536", "AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1536",
                    "aes256-sha2_256;modp2048", "aes256-sha256-modp2048", "ESP:AES_CBC-256/HMAC_SHA2_256_128/MODP_2048"),
            new Proposal("aes192-sha2_512;modp3072", "aes192-sha512-modp3072", "AES_CBC-192/HMAC_SHA2_512_256/PRF_HMAC_SHA2_512/MODP_3072",
                    "aes192-sha2_384;modp1536", "aes192-sha384-modp1536", "ESP:AES_CBC-192/HMAC_SHA2_384_192/MODP_1536"),
            new Proposal(IKE, PEER_IKE, AGREED_IKE, "aes256-sha2_512;modp1536", "aes256-sha512-modp1536", "ESP:AES_CBC-256/HMAC_SHA2_512_256/MODP_1536"),
            new Proposal(IKE, PEER_IKE, AGREED_IKE, "aes_gcm_b_128;modp1536", "aes128gcm12-modp1536", "ESP:AES_GCM_12-128/MODP_1536"),
            new Proposal(IKE, PEER_IKE, AGREED_IKE, "aes_gcm192;modp1536", "aes192gcm16-modp1536", "ESP:AES_GCM_16-192/MODP_1536"),
            group("dh19", "ecp256", "ECP_256"),
            group("dh20", "ecp384", "ECP_384"),
            group("dh21", "ecp521", "ECP_521"),
            group("dh31", "curve25519", "CURVE_25519"));

    private static final List<Proposal> GROUPS = List.of(
            new Proposal(IKE, PEER_IKE, AGREED_IKE, "aes_gcm_b_256;modp1536", "aes256gcm12-modp1536", "ESP:AES_GCM_12-256/MODP_1536"),
            group("dh2", "modp1024", "MODP_1024"),
            group("dh24", "modp2048s256", "MODP_2048_256"),
            group("modp4096", "modp4096", "MODP_4096"),
            group("modp6144", "modp6144", "MODP_6144"),
            group("modp8192", "modp8192", "MODP_8192"));

    /** A group in both phases. */
    private static Proposal group(String ours, String peers, String agreed) {
        return new Proposal("aes256-sha2_256;" + ours, "aes256-sha256-" + peers, "AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/" + agreed,
                "aes_gcm256;" + ours, "aes256gcm16-" + peers, "ESP:AES_GCM_16-256/" + agreed);
    }

    @Test
    void whatWeOfferIsAcceptedAndCarriesTraffic() throws IOException {
        var proposals = new ArrayList<>(SUITES);
        proposals.addAll(GROUPS);
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var headEnds = new ArrayList<Strongswan>();
            for (int number = 1; number <= 2; number++) {
                var config = StrongswanConfig.bgpHeadEnd(number, vpn.files().secret(number))
                        .proposing(all(proposals, Proposal::peerIke), all(proposals, Proposal::peerEsp));
                headEnds.add(Strongswan.start(vpn.namespaces(), "oci" + number, config));
            }
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            for (int i = 0; i < proposals.size(); i += 2) {
                var pair = proposals.subList(i, i + 2);
                vpn.files().writeCpe(root, Mode.BGP);
                propose(root.resolve("etc/ipsec.d/oci-ipsec.conf"), pair);
                try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                    for (int tunnel = 0; tunnel < 2; tunnel++) {
                        carries(vpn, cpe, headEnds.get(tunnel), pair.get(tunnel), "cpe", "192.168.254." + (4 * tunnel + 2));
                    }
                }
            }
        }
    }

    @Test
    void whatIsOfferedWeAcceptAndItCarriesTraffic() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            for (int i = 0; i < SUITES.size(); i += 2) {
                try (var first = accepts(vpn, 1, SUITES.get(i)); var second = accepts(vpn, 2, SUITES.get(i + 1))) {
                    offers(vpn, 1, 1, first.awaitReady(), SUITES.get(i));
                    offers(vpn, 2, 1, second.awaitReady(), SUITES.get(i + 1));
                }
            }
        }
    }

    /** IKEv1 has no number for ChaCha20-Poly1305. The first child of IKEv2 has no group of its own. */
    private static final List<Proposal> V2 = List.of(
            new Proposal("aes256-sha2_256;dh19", "aes256-sha256-ecp256", "AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256",
                    "chacha20_poly1305;dh19", "chacha20poly1305-ecp256", "ESP:CHACHA20_POLY1305"),
            new Proposal("aes_gcm256-sha2_256;curve25519", "aes256gcm16-prfsha256-curve25519", "AES_GCM_16-256/PRF_HMAC_SHA2_256/CURVE_25519",
                    "aes_gcm256;curve25519", "aes256gcm16-curve25519", "ESP:AES_GCM_16-256"));

    @Test
    void whatOnlyIkeV2HasCarriesTrafficToo() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var headEnds = new ArrayList<Strongswan>();
            for (int number = 1; number <= 2; number++) {
                var config = StrongswanConfig.bgpHeadEnd(number, vpn.files().secret(number)).speaking(2)
                        .proposing(V2.get(number - 1).peerIke(), V2.get(number - 1).peerEsp());
                headEnds.add(Strongswan.start(vpn.namespaces(), "oci" + number, config));
            }
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            vpn.files().writeCpe(root, Mode.BGP);
            var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
            propose(file, V2);
            speakV2(file);
            try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                carries(vpn, cpe, headEnds.get(0), V2.get(0), "cpe", "192.168.254.2");
                carries(vpn, cpe, headEnds.get(1), V2.get(1), "cpe", "192.168.254.6");
            }
        }
    }

    @Test
    void x25519IsAcceptedUnderIkeV2() throws IOException {
        var wanted = V2.get(1);
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var root = ToriiDaemon.root(vpn.namespaces(), "oci1");
            vpn.files().writeHeadEnd(root, Mode.BGP, 1);
            var file = root.resolve("etc/ipsec.d/cpe.conf");
            propose(file, List.of(wanted));
            speakV2(file);
            try (var headEnd = ToriiDaemon.start(vpn.namespaces(), "oci1").awaitReady()) {
                offers(vpn, 1, 2, headEnd, wanted);
            }
        }
    }

    private static void speakV2(Path file) throws IOException {
        Files.writeString(file, Files.readString(file).replace("ikev2=no", "ikev2=insist"));
    }

    /** Torii as a head end that waits. */
    private static ToriiDaemon accepts(Vpn vpn, int number, Proposal wanted) throws IOException {
        var root = ToriiDaemon.root(vpn.namespaces(), "oci" + number);
        vpn.files().writeHeadEnd(root, Mode.BGP, number);
        propose(root.resolve("etc/ipsec.d/cpe.conf"), List.of(wanted));
        return ToriiDaemon.start(vpn.namespaces(), "oci" + number);
    }

    private static void offers(Vpn vpn, int number, int version, ToriiDaemon headEnd, Proposal wanted) {
        var config = StrongswanConfig.bgpHeadEnd(number, vpn.files().secret(number)).speaking(version).mirrored().proposing(wanted.peerIke(), wanted.peerEsp());
        try (var cpe = Strongswan.start(vpn.namespaces(), "cpe", "cpe" + number, 0, 0, config)) {
            carries(vpn, headEnd, cpe, wanted, "oci" + number, "192.168.254." + (4 * number - 3));
        }
    }

    private static void carries(Vpn vpn, ToriiDaemon ours, Strongswan peer, Proposal wanted, String from, String to) {
        Await.until(wanted.toString(), Vpn.UP, () -> {
            var agreed = peer.swanctl("--list-sas").out();
            return agreed.contains(wanted.agreedIke()) && agreed.contains(wanted.agreedEsp());
        }, () -> peer.swanctl("--list-sas").text() + "\n" + peer.log() + "\n" + ours.job().tail(40));
        Await.until("a ping of " + to, Vpn.UP, () -> Ping.answered(vpn.namespaces(), from, to), vpn.evidence(ours));
        assertEquals(0, Ping.of(vpn.namespaces(), from, to, 20).lost(), wanted.toString());
    }

    /** Gives each conn of a file a proposal of its own. */
    private static void propose(Path file, List<Proposal> each) throws IOException {
        var text = Files.readString(file);
        for (var wanted : each) {
            text = text.replaceFirst("\\bike=" + IKE, "ike= " + wanted.ike()).replaceFirst("phase2alg=" + ESP, "phase2alg= " + wanted.esp());
        }
        Files.writeString(file, text);
    }

    private static String all(List<Proposal> proposals, Function<Proposal, String> words) {
        return proposals.stream().map(words).distinct().collect(Collectors.joining(","));
    }
}
