package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One proposal after the other against strongSwan: a different one in each of two tunnels, and traffic through both. */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class ProposalsIT {
    private static final String PREFIX = "tt-prop";
    private static final String IKE = "aes_cbc256-sha2_384;modp1536";
    private static final String IKE_AGREED = "AES_CBC-256/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/MODP_1536";
    private static final String ESP = "aes_gcm256;modp1536";
    private static final String PEER_IKE = "aes256-sha384-modp1536,aes128-sha1-modp2048,aes192-sha512-modp3072,aes256-sha256-modp1536,aes256-sha256-ecp256,"
            + "aes256-sha384-ecp384,aes256-sha512-ecp521,aes128-sha1-modp1024,aes128-sha256-modp2048s256,aes256-sha256-modp4096,aes256-sha256-modp6144,"
            + "aes256-sha256-modp8192";
    private static final String PEER_ESP = "aes256gcm16-modp1536,aes128-sha1-modp1536,aes192-sha1-modp1536,aes256-sha256-modp2048,aes192-sha384-modp1536,"
            + "aes256-sha512-modp1536,aes256gcm16-ecp256,"
            + "aes256gcm16-ecp384,aes256gcm16-ecp521,aes256gcm16-modp1024,aes256gcm16-modp2048s256,aes256gcm16-modp4096,aes256gcm16-modp6144,"
            + "aes256gcm16-modp8192,aes128gcm12-modp1536,aes192gcm16-modp1536";

    /** What our side says, and what strongSwan then calls it. */
    private record Proposal(String ike, String esp, String agreedIke, String agreedEsp) {}

    private static final List<Proposal> PROPOSALS = List.of(
            new Proposal("aes128-sha1;modp2048", "aes128-sha1;modp1536",
                    "AES_CBC-128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_2048", "ESP:AES_CBC-128/HMAC_SHA1_96/MODP_1536"),
            new Proposal("aes256-sha2_256;modp1536", "aes256-sha2_256;modp2048",
                    "AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_1536", "ESP:AES_CBC-256/HMAC_SHA2_256_128/MODP_2048"),
            new Proposal("aes192-sha2_512;modp3072", "aes192-sha2_384;modp1536",
                    "AES_CBC-192/HMAC_SHA2_512_256/PRF_HMAC_SHA2_512/MODP_3072", "ESP:AES_CBC-192/HMAC_SHA2_384_192/MODP_1536"),
            new Proposal(IKE, "aes256-sha2_512;modp1536", IKE_AGREED, "ESP:AES_CBC-256/HMAC_SHA2_512_256/MODP_1536"),
            new Proposal(IKE, "aes_gcm_b_128;modp1536", IKE_AGREED, "ESP:AES_GCM_12-128/MODP_1536"),
            new Proposal(IKE, "aes_gcm192;modp1536", IKE_AGREED, "ESP:AES_GCM_16-192/MODP_1536"),
            group("aes256-sha2_256;dh19", "dh19", "AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256"),
            group("aes256-sha2_384;dh20", "dh20", "AES_CBC-256/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/ECP_384"),
            group("aes256-sha2_512;dh21", "dh21", "AES_CBC-256/HMAC_SHA2_512_256/PRF_HMAC_SHA2_512/ECP_521"),
            group("aes128-sha1;modp1024", "modp1024", "AES_CBC-128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024"),
            group("aes128-sha2_256;dh24", "dh24", "AES_CBC-128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048_256"),
            group("aes256-sha2_256;modp4096", "modp4096", "AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_4096"),
            group("aes256-sha2_256;modp6144", "modp6144", "AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_6144"),
            group("aes256-sha2_256;modp8192", "modp8192", "AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_8192"));

    /** AES-GCM with the group of the IKE SA for PFS too. */
    private static Proposal group(String ike, String group, String agreedIke) {
        return new Proposal(ike, "aes_gcm256;" + group, agreedIke, "ESP:AES_GCM_16-256/" + agreedIke.substring(agreedIke.lastIndexOf('/') + 1));
    }

    @Test
    void everyFamilyCarriesTraffic() throws IOException {
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var headEnds = new ArrayList<Strongswan>();
            for (int number = 1; number <= 2; number++) {
                var config = StrongswanConfig.bgpHeadEnd(number, vpn.files().secret(number)).proposing(PEER_IKE, PEER_ESP);
                headEnds.add(Strongswan.start(vpn.namespaces(), "oci" + number, config));
            }
            for (int i = 0; i < PROPOSALS.size(); i += 2) {
                var pair = PROPOSALS.subList(i, i + 2);
                try (var cpe = start(vpn, pair)) {
                    for (int tunnel = 0; tunnel < 2; tunnel++) carries(vpn, cpe, headEnds.get(tunnel), tunnel, pair.get(tunnel));
                }
            }
        }
    }

    private static void carries(Vpn vpn, ToriiDaemon cpe, Strongswan headEnd, int tunnel, Proposal wanted) {
        Await.until(wanted.toString(), Vpn.UP, () -> {
            var agreed = headEnd.swanctl("--list-sas").out();
            return agreed.contains(wanted.agreedIke()) && agreed.contains(wanted.agreedEsp());
        }, () -> headEnd.swanctl("--list-sas").text() + "\n" + vpn.evidence(cpe).get());
        var inside = "192.168.254." + (4 * tunnel + 2);
        Await.until("a ping of " + inside, Vpn.UP, () -> Ping.answered(vpn.namespaces(), "cpe", inside), vpn.evidence(cpe));
        assertEquals(0, Ping.of(vpn.namespaces(), "cpe", inside, 20).lost(), wanted.toString());
    }

    /** The article's files with a proposal of its own for each conn. */
    private static ToriiDaemon start(Vpn vpn, List<Proposal> pair) throws IOException {
        var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
        vpn.files().writeCpe(root, Mode.BGP);
        var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
        var text = Files.readString(file);
        for (var wanted : pair) {
            text = text.replaceFirst("\\bike=" + IKE, "ike= " + wanted.ike()).replaceFirst("phase2alg=" + ESP, "phase2alg= " + wanted.esp());
        }
        Files.writeString(file, text);
        return ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady();
    }
}
