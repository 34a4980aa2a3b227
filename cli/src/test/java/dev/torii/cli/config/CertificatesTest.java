package dev.torii.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.certs.Issued;
import dev.torii.ike.Authentication;
import dev.torii.ike.Authentication.Sending;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeException;
import dev.torii.ike.Secret;
import dev.torii.ike.SignatureScheme;
import dev.torii.ike.cert.CertificateFiles;
import dev.torii.ike.cert.Trust;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates in ipsec.conf and ipsec.d: what is read, and what is said about what cannot be. */
class CertificatesTest {
    private static final String A = "/etc/ipsec.d/a.conf:";
    private static final Issued ROOT = Issued.root("C=US, O=Torii, CN=Root");
    private static final Issued GATEWAY = ROOT.gateway("C=US, O=Torii, CN=gw", "P-256", "gw.example", "192.168.1.42");
    private static final Issued RSA = ROOT.gateway("C=US, O=Torii, CN=rsa", "RSA-2048", "rsa.example");
    private static final String CONN = Site.CONN.replace("     ikev2=no\n", "").replace("authby=secret", "authby=ecdsa")
            .replace("     ike=aes_cbc256-sha2_384;modp1536\n", "")
            + "     leftcert=gw.pem\n     leftid=@gw.example\n     rightid=\"C=US, O=Torii, CN=peer\"\n";

    @TempDir
    Path root;
    private Site site;

    @BeforeEach
    void makeRoot() {
        site = new Site(root).conf(CONN).file("/etc/ipsec.d/cacerts/root.pem", ROOT.certificate())
                .file("/etc/ipsec.d/certs/gw.pem", GATEWAY.certificate()).file("/etc/ipsec.d/private/gw.pem", GATEWAY.key())
                .file("/etc/ipsec.d/certs/rsa.crt", RSA.certificate()).file("/etc/ipsec.d/private/rsa.key", RSA.key());
    }

    private TunnelConfig tunnel() { return site.load().tunnels().getFirst(); }

    private Authentication.Certificate own() { return assertInstanceOf(Authentication.Certificate.class, tunnel().authentication().own()); }

    private Authentication.Certified peer() { return assertInstanceOf(Authentication.Certified.class, tunnel().authentication().peer()); }

    private CertificatesTest with(String... changes) {
        String text = CONN;
        for (int i = 0; i < changes.length; i += 2) text = text.replace(changes[i], changes[i + 1]);
        site.conf(text);
        return this;
    }

    @Test
    void aCertificateItsKeyAndTheAuthorities() {
        assertEquals(1, own().chain().size());
        assertEquals(Sending.ALWAYS, own().sending());
        assertEquals(1, peer().trust().authorities().size());
        assertEquals(Optional.empty(), peer().issuer());
        assertEquals(Optional.of(Identity.fqdn("gw.example")), tunnel().localId());
        assertEquals("C=US, O=Torii, CN=peer", tunnel().remoteId().toString());
        assertEquals(List.of(), site.warnings());
    }

    @Test
    void bothNotationsOfANameAreTheSame() {
        var comma = tunnel().remoteId();
        assertTrue(with("\"C=US, O=Torii, CN=peer\"", "/C=US/O=Torii/CN=peer").tunnel().remoteId().means(comma));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "authby=ecdsa | ECDSA with SHA2-256, ECDSA with SHA2-384, ECDSA with SHA2-512, ECDSA-256",
        "authby=ecdsa-sha2_384 | ECDSA with SHA2-384",
        "authby=rsasig,ecdsa | ECDSA with SHA2-256, ECDSA with SHA2-384, ECDSA with SHA2-512, ECDSA-256",
        "x-comment=none | ECDSA with SHA2-256, ECDSA with SHA2-384, ECDSA with SHA2-512, ECDSA-256",
        "leftauth=ecdsa | ECDSA with SHA2-256, ECDSA with SHA2-384, ECDSA with SHA2-512, ECDSA-256"})
    void whatAnEllipticKeySigns(String words, String schemes) {
        assertEquals(schemes, with("authby=ecdsa", words).own().schemes().stream().map(SignatureScheme::toString).collect(Collectors.joining(", ")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "rsasig | RSASSA-PSS with SHA2-256, RSASSA-PSS with SHA2-384, RSASSA-PSS with SHA2-512, RSA with SHA2-256, RSA with SHA2-384, RSA with SHA2-512",
        "rsa-sha2_512 | RSASSA-PSS with SHA2-512, RSA with SHA2-512",
        "'rsa-sha2_384, rsa-sha1' | RSASSA-PSS with SHA2-384, RSA with SHA2-384, RSA with SHA-1"})
    void whatAnRsaKeySigns(String words, String schemes) {
        with("authby=ecdsa", "authby=\"" + words.replace("'", "") + "\"", "gw.pem", "rsa.crt", "@gw.example", "@rsa.example");
        assertEquals(schemes, own().schemes().stream().map(SignatureScheme::toString).collect(Collectors.joining(", ")));
    }

    @Test
    void theIdentityMayComeFromTheCertificate() {
        assertEquals("C=US, O=Torii, CN=gw", with("@gw.example", "%fromcert").tunnel().localId().orElseThrow().toString());
        with("rightid=\"C=US, O=Torii, CN=peer\"", "rightid=%fromcert");
        assertEquals(Identity.AS_CERTIFIED, tunnel().remoteId());
        assertEquals(List.of(A + "11:14: rightid=%fromcert accepts everybody who has a certificate of the authorities in ipsec.d/cacerts"), site.warnings());
        with("rightid=\"C=US, O=Torii, CN=peer\"", "rightid=%fromcert\n     rightcert=rsa.crt");
        assertEquals("C=US, O=Torii, CN=rsa", tunnel().remoteId().toString());
        assertTrue(peer().known().isPresent());
    }

    @Test
    void oneSideMayHaveASecret() {
        site.secrets("@gw.example 198.51.100.1 : PSK \"correct horse battery\"\n");
        with("authby=ecdsa", "leftauth=ecdsa\n     rightauth=secret", "\"C=US, O=Torii, CN=peer\"", "198.51.100.1");
        assertEquals(new Authentication.PreSharedKey(Secret.ofText("correct horse battery")), tunnel().authentication().peer());
        assertEquals(1, own().chain().size());
        with("authby=ecdsa", "leftauth=secret\n     rightauth=ecdsa", "\"C=US, O=Torii, CN=peer\"", "198.51.100.1");
        assertInstanceOf(Authentication.PreSharedKey.class, tunnel().authentication().own());
        assertEquals(1, peer().trust().authorities().size());
    }

    @Test
    void aRevocationListThatIsNewCountsWithoutARestart() throws Exception {
        var trust = peer().trust();
        var given = CertificateFiles.certificates(RSA.certificate().getBytes(StandardCharsets.US_ASCII));
        assertEquals(2, trust.validate(given, Instant.now()).size());
        site.file("/etc/ipsec.d/crls/new.pem", ROOT.revokes(RSA));
        refusedAs("the certificate of C=US, O=Torii, CN=rsa was revoked", trust, given);
        site.file("/etc/ipsec.d/crls/new.pem", ROOT.revokes());
        assertEquals(2, trust.validate(given, Instant.now()).size());
        site.file("/etc/ipsec.d/crls/older.pem", ROOT.revokes(RSA)).file("/etc/ipsec.d/crls/new.pem", "half a list");
        refusedAs("no certificate is accepted: /etc/ipsec.d/crls/new.pem cannot be used: there is no revocation list in it", trust, given);
        refusedAs("no certificate is accepted", trust, given);
        Files.delete(site.path("/etc/ipsec.d/crls/new.pem"));
        refusedAs("the certificate of C=US, O=Torii, CN=rsa was revoked", trust, given);
        Files.delete(site.path("/etc/ipsec.d/crls/older.pem"));
        assertEquals(2, trust.validate(given, Instant.now()).size());
    }

    private static void refusedAs(String cause, Trust trust, List<X509Certificate> given) {
        var refused = assertThrows(IkeException.class, () -> trust.validate(given, Instant.now()));
        assertTrue(refused.getMessage().startsWith(cause), refused.getMessage());
    }

    @Test
    void authoritiesBetweenTheCertificateAndTheRootAreSentAlong() {
        var between = ROOT.authority("CN=Between");
        var below = between.gateway("CN=below", "P-256", "gw.example");
        site.file("/etc/ipsec.d/certs/gw.pem", below.certificate()).file("/etc/ipsec.d/private/gw.pem", below.key())
                .file("/etc/ipsec.d/cacerts/between.pem", between.certificate());
        assertEquals(2, own().chain().size());
        site.file("/etc/ipsec.d/certs/gw.pem", "text before\n" + below.certificate() + between.certificate())
                .file("/etc/ipsec.d/cacerts/between.pem", ROOT.certificate());
        assertEquals(2, own().chain().size());
    }

    @Test
    void rightcaNamesTheIssuer() {
        assertEquals("CN=Elsewhere", with("rightid", "rightca=\"CN=Elsewhere\"\n     rightid").peer().issuer().orElseThrow().toString());
        assertEquals("C=US, O=Torii, CN=Root", with("rightid", "rightca=%same\n     rightid").peer().issuer().orElseThrow().toString());
        assertEquals(Optional.empty(), with("rightid", "rightca=%any\n     rightid").peer().issuer());
    }

    @Test
    void theFormatsOfKeys() throws Exception {
        byte[] pkcs8 = GATEWAY.pair().getPrivate().getEncoded();
        var scalar = assertInstanceOf(java.security.interfaces.ECPrivateKey.class, GATEWAY.pair().getPrivate()).getS();
        byte[] sec1 = new ECPrivateKey(256, scalar, SECObjectIdentifiers.secp256r1).getEncoded();
        byte[] pkcs1 = PrivateKeyInfo.getInstance(RSA.pair().getPrivate().getEncoded()).parsePrivateKey().toASN1Primitive().getEncoded();
        var expected = own().key();
        site.file("/etc/ipsec.d/private/rsa.key", Issued.pem("RSA PRIVATE KEY", pkcs1));
        with("authby=ecdsa", "authby=rsasig", "gw.pem", "rsa.crt", "@gw.example", "@rsa.example");
        assertEquals("RSA key ***", own().key().toString());
        with();
        site.file("/etc/ipsec.d/private/gw.pem", Issued.pem("EC PRIVATE KEY", sec1));
        assertEquals("EC key ***", own().key().toString());
        Files.write(site.path("/etc/ipsec.d/private/gw.der"), pkcs8);
        Files.delete(site.path("/etc/ipsec.d/private/gw.pem"));
        assertEquals(expected, own().key());
    }

    /** Made by openssl 3.0: {@code ecparam -name prime256v1 -genkey}, {@code req -x509}, {@code pkcs8 -topk8 -v2 aes-256-cbc}. */
    private static String resource(String name) throws IOException {
        try (var in = CertificatesTest.class.getResourceAsStream("/certs/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void anEncryptedKeyNeedsItsPassphrase() throws Exception {
        site.file("/etc/ipsec.d/certs/gw.pem", resource("certificate.pem")).file("/etc/ipsec.d/private/gw.pem", resource("encrypted-key.pem"));
        assertEquals(List.of(A + "9:15: /etc/ipsec.d/private/gw.pem cannot be used: the key is encrypted, and there is no passphrase for it"
                + " | put a PKCS#8 key there, or write its passphrase into ipsec.secrets: : RSA gw.pem \"passphrase\""), site.problems());
        site.secrets(": ECDSA gw.pem \"open sesame\"\n");
        assertEquals(1, own().chain().size());
        site.secrets(": ECDSA gw.pem \"open, please\"\n");
        assertEquals(List.of("/etc/ipsec.d/a.secrets:1:3: /etc/ipsec.d/private/gw.pem cannot be used: the key cannot be decrypted: wrong passphrase, or a "
                + "cipher that is not known here"
                + " | put a PKCS#8 key there, or write its passphrase into ipsec.secrets: : RSA gw.pem \"passphrase\""), site.problems());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "authby=ecdsa | authby=null | 4:13: authby=null would accept anybody, which is not supported # write authby=secret, or rsasig or ecdsa with leftcert=",
        "authby=ecdsa | authby=eddsa | 4:13: authby=eddsa has eddsa, which is not supported # "
                + "write authby=secret, or rsasig, rsa-sha2, rsa-sha1, ecdsa with leftcert=",
        "authby=ecdsa | authby=secret,ecdsa | 4:13: authby=secret,ecdsa names the secret and signatures for both sides # "
                + "write leftauth= and rightauth= for each side what it uses",
        "authby=ecdsa | leftauth=null | 4:15: leftauth=null is not supported # write secret, rsasig or ecdsa",
        "authby=ecdsa | authby=rsasig | 9:15: leftcert=gw.pem has an EC key, which authby= does not permit # write authby=ecdsa",
        "     leftcert=gw.pem | | 1:1: conn one authenticates this host by certificate, and has no leftcert= # "
                + "add leftcert= with a PEM file of ipsec.d/certs, or authby=secret",
        "auto=start | auto=start ikev2=no | 4:13: conn one asks for certificates with IKEv1, which are supported with IKEv2 only # "
                + "write ikev2=insist, or authby=secret",
        "leftcert=gw.pem | leftcert=gw.pem leftsendcert=perhaps | 10:19: leftsendcert=perhaps is unknown # write always, sendifasked or never",
        "leftcert=gw.pem | leftcert=gw.pem leftrsasigkey=0sAQOmysecret | 10:20: leftrsasigkey=... is a key without a certificate, which is not supported # "
                + "write leftcert= with a certificate, and leftrsasigkey=%cert",
        "leftcert=gw.pem | leftcert=gw.pem rightca=Root | 10:14: rightca=Root is not a distinguished name # write it like \"C=US, O=Example, CN=Root\"",
        "C=US, O=Torii, CN=peer | Nonsense=1 | 11:14: rightid=Nonsense=1 is not a distinguished name # write it like \"C=US, O=Example, CN=vpn\"",
        "leftcert=gw.pem | leftcert=rsa.crt | 9:15: leftcert=rsa.crt has an RSA key, which authby= does not permit # write authby=rsasig",
        "leftcert=gw.pem | leftcert=lonely.pem | 9:15: leftcert=lonely.pem has no private key: there is neither /etc/ipsec.d/private/lonely.pem nor .key # "
                + "put the key there as PEM (chmod 600), or name its file in ipsec.secrets: : RSA file.pem",
        "leftcert=gw.pem | leftcert=swapped.pem | 9:15: the private key in /etc/ipsec.d/private/swapped.pem is not that of leftcert=swapped.pem # "
                + "put the key there that the certificate was made for",
        "leftcert=gw.pem | leftcert=empty.pem | 9:15: /etc/ipsec.d/certs/empty.pem cannot be used: there is no certificate in it # "
                + "put the certificate there as PEM (-----BEGIN CERTIFICATE-----)",
        "leftcert=gw.pem | leftcert=broken.pem | 9:15: /etc/ipsec.d/certs/broken.pem cannot be used: it is not PEM: between BEGIN and END is no base 64 # "
                + "put the certificate there as PEM (-----BEGIN CERTIFICATE-----)"})
    void aFaultInAConn(String line, String by, String expected) {
        site.file("/etc/ipsec.d/certs/lonely.pem", GATEWAY.certificate()).file("/etc/ipsec.d/certs/swapped.pem", GATEWAY.certificate())
                .file("/etc/ipsec.d/private/swapped.pem", RSA.key()).file("/etc/ipsec.d/certs/empty.pem", "nothing\n")
                .file("/etc/ipsec.d/certs/broken.pem", "-----BEGIN CERTIFICATE-----\nMII=x=\n-----END CERTIFICATE-----\n");
        with(line, by == null ? "" : by.replace(" leftsend", "\n     leftsend").replace(" leftrsa", "\n     leftrsa").replace(" rightca", "\n     rightca")
                .replace(" ikev2", "\n     ikev2"));
        assertEquals(List.of(A + expected.replace(" # ", " | ")), site.problems());
    }

    @Test
    void anNssNicknameIsAnsweredWithTheCommandsThatExportIt() {
        with("leftcert=gw.pem", "leftcert=\"My Gateway\"");
        assertEquals(List.of(A + "9:15: leftcert=My Gateway: there is no file /etc/ipsec.d/certs/My Gateway | "
                + "put the certificate there as PEM; out of an NSS database: "
                + "pk12util -o My-Gateway.p12 -n 'My Gateway' -d sql:/var/lib/ipsec/nss; openssl pkcs12 -in My-Gateway.p12 -clcerts -nokeys -out "
                + "/etc/ipsec.d/certs/My-Gateway.pem; "
                + "openssl pkcs12 -in My-Gateway.p12 -nocerts -nodes -out /etc/ipsec.d/private/My-Gateway.pem"), site.problems());
    }

    @Test
    void withoutAnAuthorityNobodyWouldBeBelieved() throws IOException {
        Files.delete(site.path("/etc/ipsec.d/cacerts/root.pem"));
        assertEquals(List.of(A + "1:1: conn one wants a certificate of the peer, and there is no authority in /etc/ipsec.d/cacerts"
                + " | put the certificate of the peer's authority there as PEM, or the peer's own into rightcert="), site.problems());
    }

    @Test
    void aFileThatIsNoCertificateIsNotOverlooked() {
        site.file("/etc/ipsec.d/cacerts/notes.txt", "remember the milk\n").file("/etc/ipsec.d/crls/old.pem", "nothing\n");
        assertEquals(List.of("/etc/ipsec.d/cacerts/notes.txt:1:1: /etc/ipsec.d/cacerts/notes.txt cannot be used: there is no certificate in it | "
                + "put a certificate there, or remove the file",
                "/etc/ipsec.d/crls/old.pem:1:1: /etc/ipsec.d/crls/old.pem cannot be used: there is no revocation list in it | "
                        + "put a revocation list there, or remove the file"), site.problems());
    }

    @Test
    void whatWillNotWorkLaterIsSaidBefore() throws IOException {
        site.file("/etc/ipsec.d/certs/gw.pem", ROOT.expired("CN=old", "gw.example").certificate());
        assertTrue(site.problems().getFirst().contains("is not that of leftcert=gw.pem"));
        var old = ROOT.expired("CN=old", "gw.example");
        site.file("/etc/ipsec.d/certs/gw.pem", old.certificate()).file("/etc/ipsec.d/private/gw.pem", old.key());
        Files.setPosixFilePermissions(site.path("/etc/ipsec.d/private/gw.pem"), PosixFilePermissions.fromString("rw-r--r--"));
        with("leftid=@gw.example", "leftid=@other.example");
        var warnings = site.warnings();
        assertEquals(List.of(A + "9:15: the certificate is not for @other.example, the identity of this host: peers will refuse it; it is for [CN=old, "
                + "@gw.example]",
                "/etc/ipsec.d/private/gw.pem:1:1: /etc/ipsec.d/private/gw.pem can be read by everybody on this host"),
                List.of(warnings.get(0), warnings.get(2)));
        assertTrue(warnings.get(1).startsWith("/etc/ipsec.d/certs/gw.pem:1:1: the certificate of CN=old has expired on "), warnings.get(1));
    }

    @Test
    void noPartOfAPrivateKeyIsEverShown() {
        String shown = site.load().toString();
        String base64 = GATEWAY.key().lines().skip(2).findFirst().orElseThrow();
        assertFalse(shown.contains(base64.substring(0, 20)), shown);
        site.file("/etc/ipsec.d/private/gw.pem", GATEWAY.key().replace("BEGIN PRIVATE KEY", "BEGIN RSA PRIVATE KEY")
                .replace("END PRIVATE KEY", "END RSA PRIVATE KEY"));
        assertFalse(site.problems().toString().contains(base64.substring(0, 20)));
    }
}
