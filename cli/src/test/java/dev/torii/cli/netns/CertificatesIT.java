package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.certs.Issued;
import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** IKEv2 with certificates against strongSwan in both roles: kinds of keys and signatures, chains, one side with a secret, and what is refused. */
@NamespaceTest(NamespaceTest.Needs.STRONGSWAN)
class CertificatesIT {
    private static final String PREFIX = "tc-cert";
    private static final Issued ROOT = Issued.root("C=US, O=Torii, CN=Root");
    private static final Issued BETWEEN = ROOT.authority("C=US, O=Torii, CN=Between");
    private static final String US = "us.example";
    private static final String THEM = "them.example";

    /**
     * A pair of proofs.
     *
     * @param words  of our conn
     * @param auth   of strongSwan: local, remote
     * @param daemon of its section charon
     * @param shown  what {@code torii status} says of strongSwan's proof, and strongSwan's log of ours
     */
    private record Way(String name, Issued ours, Issued theirs, String words, List<String> auth, String daemon, List<String> shown) {}

    private static Issued us(String kind) {
        return ROOT.gateway("C=US, O=Torii, CN=us", kind, US);
    }

    private static Issued them(String kind) {
        return ROOT.gateway("C=US, O=Torii, CN=them", kind, THEM);
    }

    private static Way way(String name, String kind, String words, String auth, String daemon, String theirProof, String ourProof) {
        return new Way(name, us(kind), them(kind), words, List.of(auth, "pubkey"), daemon, List.of(theirProof, ourProof));
    }

    private static final String IDS = "\n     leftid=@" + US + "\n     rightid=@" + THEM;
    private static final String CERTIFICATES = "authby=rsasig,ecdsa\n     leftcert=own.pem" + IDS;
    private static final List<String> BOTH = List.of("pubkey", "pubkey");
    private static final String CLASSIC = "signature_authentication = no\n";

    private static List<Way> ways() {
        return List.of(
                way("RSA-2048, PSS", "RSA-2048", CERTIFICATES, "rsa/pss-sha256", "", "RSASSA-PSS with SHA2-256", "RSA_EMSA_PSS_SHA2_256"),
                way("RSA-3072, PKCS#1", "RSA-3072", CERTIFICATES.replace("rsasig,ecdsa", "rsa-sha2_384"), "rsa-sha384", "",
                        "RSA with SHA2-384", "RSA_EMSA_PSS_SHA2_384"),
                way("P-256", "P-256", CERTIFICATES, "pubkey", "", "ECDSA with SHA2-256", "ECDSA_WITH_SHA256_DER"),
                way("P-384", "P-384", CERTIFICATES, "pubkey", "", "ECDSA with SHA2-384", "ECDSA_WITH_SHA384_DER"),
                way("P-521", "P-521", CERTIFICATES, "pubkey", "", "ECDSA with SHA2-512", "ECDSA_WITH_SHA512_DER"),
                way("P-256 by RFC 4754", "P-256", CERTIFICATES, "pubkey", CLASSIC, "ECDSA-256", "ECDSA-256 signature"),
                way("P-384 by RFC 4754", "P-384", CERTIFICATES, "pubkey", CLASSIC, "ECDSA-384", "ECDSA-384 signature"),
                way("RSA by method 1", "RSA-2048", CERTIFICATES.replace("rsasig,ecdsa", "rsa-sha1"), "pubkey", CLASSIC, "RSA with SHA-1", "RSA signature"),
                new Way("an authority in between", BETWEEN.gateway("CN=us", "RSA-3072", US), BETWEEN.gateway("CN=them", "RSA-3072", THEM), CERTIFICATES,
                        BOTH, "", List.of("certificate of C=US, O=Torii, CN=Between", "RSA_EMSA_PSS_SHA2_256")),
                new Way("our certificate, their secret", us("P-256"), them("P-256"), "leftauth=ecdsa\n     rightauth=secret\n     leftcert=own.pem" + IDS,
                        List.of("psk", "pubkey"), "", List.of("pre-shared key", "ECDSA_WITH_SHA256_DER")),
                new Way("our secret, their certificate", us("P-256"), them("P-256"), "leftauth=secret\n     rightauth=ecdsa" + IDS,
                        List.of("pubkey", "psk"), "", List.of("ECDSA with SHA2-256", "pre-shared key")),
                new Way("names of the certificates", us("P-256"), them("P-256"),
                        "authby=ecdsa\n     leftcert=own.pem\n     leftid=%fromcert\n     rightid=\"C=US, O=Torii, CN=them\"",
                        BOTH, "", List.of("peer C=US, O=Torii, CN=them", "C=US, O=Torii, CN=us' with")));
    }

    @Test
    void asInitiatorEveryKindOfProofMakesATunnel() throws IOException {
        var ways = ways();
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            for (int i = 0; i < ways.size(); i += 2) {
                var pair = ways.subList(i, i + 2);
                writeCpe(vpn, pair);
                var peers = new ArrayList<Strongswan>();
                for (int number = 1; number <= 2; number++) {
                    var way = pair.get(number - 1);
                    var config = StrongswanConfig.bgpHeadEnd(number, vpn.files().secret(1)).speaking(2);
                    peers.add(peer(vpn, "oci" + number, "oci" + number, 500, 4500, config, way, way.theirs()));
                }
                try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                    for (int number = 1; number <= 2; number++) {
                        carries(vpn, cpe, peers.get(number - 1), pair.get(number - 1), "cpe", "192.168.254." + (4 * number - 2));
                    }
                }
                peers.forEach(Strongswan::close);
            }
        }
    }

    @Test
    void asResponderEveryKindOfProofMakesATunnel() throws IOException {
        var ways = ways();
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            for (int i = 0; i < ways.size(); i += 2) {
                try (var first = headEnd(vpn, 1, ways.get(i)); var second = headEnd(vpn, 2, ways.get(i + 1))) {
                    for (int number = 1; number <= 2; number++) {
                        var way = ways.get(i + number - 1);
                        var headEnd = (number == 1 ? first : second).awaitReady();
                        var config = initiator(vpn, number);
                        try (var cpe = peer(vpn, "cpe", "cpe" + number, 0, 0, config, way, way.theirs())) {
                            carries(vpn, headEnd, cpe, way, "oci" + number, "192.168.254." + (4 * number - 3));
                        }
                    }
                }
            }
        }
    }

    private static StrongswanConfig initiator(Vpn vpn, int number) {
        return StrongswanConfig.bgpHeadEnd(number, vpn.files().secret(1)).speaking(2).mirrored();
    }

    @Test
    void whatIsWrongWithACertificateIsSaidWhereItIsChecked() throws IOException {
        var way = way("P-256", "P-256", CERTIFICATES, "pubkey", "", "ECDSA with SHA2-256", "ECDSA_WITH_SHA256_DER");
        try (var vpn = Vpn.network(PREFIX, Mode.BGP); var headEnd = headEnd(vpn, 1, way).awaitReady()) {
            refused(vpn, headEnd, way, ROOT.expired("CN=them", THEM), "the certificate of CN=them has expired on ");
            refused(vpn, headEnd, way, Issued.root("C=US, O=Elsewhere, CN=Root").gateway("CN=them", "P-256", THEM),
                    "is issued by C=US, O=Elsewhere, CN=Root, and from there no path leads to an authority in cacerts");
            try (var cpe = peer(vpn, "cpe", "cpe1", 0, 0, initiator(vpn, 1), way, way.theirs())) {
                carries(vpn, headEnd, cpe, way, "oci1", "192.168.254.1");
            }
        }
    }

    private static void refused(Vpn vpn, ToriiDaemon headEnd, Way way, Issued theirs, String cause) throws IOException {
        try (var cpe = peer(vpn, "cpe", "cpe1", 0, 0, initiator(vpn, 1), way, theirs)) {
            Await.until(cause, Vpn.UP, () -> headEnd.job().output().contains(cause), () -> cpe.log() + headEnd.job().tail(40));
            Await.until("strongSwan's refusal", Vpn.UP, () -> cpe.log().contains("received AUTHENTICATION_FAILED notify error"), cpe::log);
            assertFalse(cpe.established());
            assertTrue(headEnd.torii("status").out().contains(cause), headEnd.torii("status").text());
        }
    }

    /** The authority of one peer is unknown here, our certificate for the other has expired. */
    @Test
    void asInitiatorToriiIsRefusedAndRefusesInTheSameWay() throws IOException {
        var ways = List.of(
                new Way("unknown", us("P-256"), Issued.root("CN=Elsewhere").gateway("CN=them", "P-256", THEM), CERTIFICATES, BOTH, "", List.of()),
                new Way("expired", ROOT.expired("CN=us", US), them("P-256"), CERTIFICATES, BOTH, "", List.of()));
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            for (int number = 1; number <= 2; number++) {
                var config = StrongswanConfig.bgpHeadEnd(number, vpn.files().secret(1)).speaking(2);
                peer(vpn, "oci" + number, "oci" + number, 500, 4500, config, ways.get(number - 1), ways.get(number - 1).theirs());
            }
            writeCpe(vpn, ways);
            try (var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe").awaitReady()) {
                for (var cause : List.of("the certificate of CN=them is issued by CN=Elsewhere, and from there no path leads to an authority in cacerts",
                        "the peer says AUTHENTICATION_FAILED: it does not trust our certificate, or refuses our identity @" + US)) {
                    Await.until(cause, Vpn.UP, () -> cpe.job().output().contains(cause), vpn.evidence(cpe));
                }
            }
        }
    }

    private static void writeCpe(Vpn vpn, List<Way> pair) throws IOException {
        var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
        vpn.files().writeCpe(root, Mode.BGP);
        var conf = root.resolve("etc/ipsec.d/oci-ipsec.conf");
        var text = Files.readString(conf);
        int second = text.indexOf("conn", 1);
        Files.writeString(conf, conn(root, text.substring(0, second), pair.get(0), 1) + conn(root, text.substring(second), pair.get(1), 2));
        Files.writeString(root.resolve("etc/ipsec.d/oci-ipsec.secrets"), "@" + US + " @" + THEM + " : PSK \"" + vpn.files().secret(1) + "\"\n");
    }

    /** A certificate chain makes IKE_AUTH longer than a packet: with RFC 7383 refused, IP fragments must do. */
    @Test
    void aLongChainGetsThroughInIpFragmentsToo() throws IOException {
        var chain = BETWEEN.authority("C=US, O=Torii, CN=Lower");
        var way = new Way("long", chain.gateway("CN=us", "RSA-3072", US), chain.gateway("CN=them", "RSA-3072", THEM), CERTIFICATES + "\n     fragmentation=no",
                BOTH, "", List.of("certificate of C=US, O=Torii, CN=Lower", "RSA_EMSA_PSS_SHA2_256"));
        try (var vpn = Vpn.network(PREFIX, Mode.BGP)) {
            var root = ToriiDaemon.root(vpn.namespaces(), "oci1");
            Files.writeString(below(root, "etc/ipsec.d/cacerts/lower.pem"), chain.certificate());
            try (var headEnd = headEnd(vpn, 1, way).awaitReady();
                    var cpe = peer(vpn, "cpe", "cpe1", 0, 0, initiator(vpn, 1), way, way.theirs(), way.theirs().certificate(), chain.certificate())) {
                carries(vpn, headEnd, cpe, way, "oci1", "192.168.254.1");
                for (String direction : List.of("sending", "received")) {
                    assertTrue(Pattern.compile(direction + " packet: .*\\((1[5-9]|[2-9]\\d)\\d\\d bytes\\)").matcher(cpe.log()).find(), cpe.log());
                }
            }
        }
    }

    /** Torii as a head end that waits. */
    private static ToriiDaemon headEnd(Vpn vpn, int number, Way way) throws IOException {
        var root = ToriiDaemon.root(vpn.namespaces(), "oci" + number);
        vpn.files().writeHeadEnd(root, Mode.BGP, number);
        var conf = root.resolve("etc/ipsec.d/cpe.conf");
        Files.writeString(conf, conn(root, Files.readString(conf), way, number));
        Files.writeString(root.resolve("etc/ipsec.d/cpe.secrets"), "@" + US + " @" + THEM + " : PSK \"" + vpn.files().secret(1) + "\"\n");
        return ToriiDaemon.start(vpn.namespaces(), "oci" + number);
    }

    /** A conn's text for this way, and its files. */
    private static String conn(Path root, String text, Way way, int number) throws IOException {
        String own = "own" + number + ".pem";
        Files.writeString(below(root, "etc/ipsec.d/certs/" + own), way.ours().certificate());
        var key = below(root, "etc/ipsec.d/private/" + own);
        Files.writeString(key, way.ours().key());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(below(root, "etc/ipsec.d/cacerts/root.pem"), ROOT.certificate());
        Files.writeString(below(root, "etc/ipsec.d/cacerts/between.pem"), BETWEEN.certificate());
        return text.replaceAll("     leftid=.*\n", "").replaceAll("     rightid=.*\n", "").replace("ikev2=no", "ikev2=insist")
                .replace("authby=secret", way.words().replace("own.pem", own));
    }

    private static Strongswan peer(Vpn vpn, String namespace, String name, int port, int portNatT, StrongswanConfig config, Way way, Issued theirs)
            throws IOException {
        return peer(vpn, namespace, name, port, portNatT, config, way, theirs, theirs.certificate());
    }

    private static Strongswan peer(Vpn vpn, String namespace, String name, int port, int portNatT, StrongswanConfig config, Way way, Issued theirs,
            String... chain) throws IOException {
        var directory = Strongswan.directory(vpn.namespaces(), name);
        Files.writeString(below(directory, "x509/own.pem"), chain[0]);
        for (int i = 1; i < chain.length; i++) Files.writeString(below(directory, "x509/link" + i + ".pem"), chain[i]);
        Files.writeString(below(directory, "private/own.pem"), theirs.key());
        Files.writeString(below(directory, "x509ca/root.pem"), ROOT.certificate());
        Files.writeString(below(directory, "x509ca/between.pem"), BETWEEN.certificate());
        Files.writeString(below(directory, "more.conf"), way.daemon());
        boolean names = way.words().contains("%fromcert");
        String conf = config.swanctlConf();
        int local = conf.indexOf("auth = psk");
        int remote = conf.indexOf("auth = psk", local + 1);
        String them = names ? "\"C=US, O=Torii, CN=them\"" : "\"" + THEM + "\"";
        String us = names ? "\"C=US, O=Torii, CN=us\"" : "\"" + US + "\"";
        conf = conf.substring(0, local) + "auth = " + way.auth().get(0) + (way.auth().get(0).equals("psk") ? "" : "\n      certs = own.pem")
                + conf.substring(local + "auth = psk".length(), remote) + "auth = " + way.auth().get(1) + conf.substring(remote + "auth = psk".length());
        conf = conf.replace("id = " + config.localId(), "id = " + them).replace("id = " + config.remoteId(), "id = " + us)
                .replace("id-1 = " + config.localId(), "id-1 = " + them).replace("id-2 = " + config.remoteId(), "id-2 = " + us);
        return Strongswan.start(vpn.namespaces(), namespace, name, port, portNatT, conf, config.tunCommands(), config.logLevel());
    }

    private static Path below(Path directory, String name) throws IOException {
        var path = directory.resolve(name);
        Files.createDirectories(path.getParent());
        return path;
    }

    private static void carries(Vpn vpn, ToriiDaemon ours, Strongswan peer, Way way, String from, String to) {
        Await.until(way.name(), Vpn.UP, peer::established, () -> peer.log() + "\n" + ours.torii("status").text() + "\n" + ours.job().tail(40));
        Await.until("a ping of " + to, Vpn.UP, () -> Ping.answered(vpn.namespaces(), from, to), vpn.evidence(ours));
        String status = ours.torii("status").out();
        assertTrue(status.contains(way.shown().get(0)), () -> way.name() + "\n" + status);
        assertTrue(peer.log().contains(way.shown().get(1)), () -> way.name() + "\n" + peer.log());
        Ping.allAnswered(vpn.namespaces(), from, to, 20, () -> way.name() + peer.log());
    }
}
