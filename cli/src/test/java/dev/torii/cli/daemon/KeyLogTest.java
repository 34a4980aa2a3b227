package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.torii.ike.ChildSa;
import dev.torii.ike.Cookie;
import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeSa;
import dev.torii.ike.IntegrityAlgorithm;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Secret;
import dev.torii.ike.Spi;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyLogTest {
    private static final Path PATH = new Path(new InetSocketAddress("10.0.0.10", 4500), new InetSocketAddress("203.0.113.11", 4500));
    private static final Secret KEY = Secret.copyOf(Octets.ofHex("00112233445566778899aabbccddeeff").toByteArray());

    @TempDir
    private java.nio.file.Path directory;

    private final List<String> failures = new ArrayList<>();

    private static ChildSa child() {
        return new ChildSa(new Spi(0x01020304), new Spi(0xfffefdfc), Conns.ESP, KEY, Secret.copyOf((byte) 0xab), List.of(Conns.ALL),
                List.of(Conns.ALL), PATH, true, true);
    }

    private static IkeSa ike() {
        return new IkeSa(new Cookie(0x0123456789abcdefL), new Cookie(2), true, Conns.IKE, PATH, false, false, new IkeSa.KeysV1(KEY));
    }

    /** The formats of Wireshark's preference tables {@code ikev1_decryption_table} and {@code esp_sa}. */
    @Test void theLinesAreThoseOfWiresharksTables() throws IOException {
        var file = directory.resolve("keys");
        var log = KeyLog.to(file, failures::add);
        log.established(ike());
        log.inbound(child());
        log.outbound(child());
        assertEquals("""
                ikev1_decryption_table\t0123456789abcdef,00112233445566778899aabbccddeeff
                esp_sa\t"IPv4","*","*","0x01020304","AES-GCM with 16 octet ICV [RFC4106]","0x00112233445566778899aabbccddeeff","NULL",""
                esp_sa\t"IPv4","*","*","0xfffefdfc","AES-GCM with 16 octet ICV [RFC4106]","0xab","NULL",""
                """, Files.readString(file));
    }

    @Test void aKeyForCipherAndHmacIsWrittenAsTwo() throws IOException {
        var file = directory.resolve("keys");
        var suite = new EspProposal(EspCipher.AES_CBC, 128, Optional.of(IntegrityAlgorithm.HMAC_SHA1_96), Optional.empty());
        var key = Secret.copyOf(Octets.ofHex("00".repeat(16) + "11".repeat(20)).toByteArray());
        KeyLog.to(file, failures::add).inbound(new ChildSa(new Spi(0x1000), new Spi(0x2000), suite, key, key, List.of(Conns.ALL),
                List.of(Conns.ALL), PATH, true, true));
        assertEquals("esp_sa\t\"IPv4\",\"*\",\"*\",\"0x00001000\",\"AES-CBC [RFC3602]\",\"0x" + "00".repeat(16) + "\",\"HMAC-SHA-1-96 [RFC2404]\",\"0x"
                + "11".repeat(20) + "\"\n", Files.readString(file));
        assertFalse(key.isErased());
    }

    /** The format of Wireshark's preference table {@code ikev2_decryption_table}. */
    @Test void theLinesOfIkev2NameBothDirections() throws IOException {
        var file = directory.resolve("keys");
        var log = KeyLog.to(file, failures::add);
        var none = Secret.copyOf();
        var other = Secret.copyOf((byte) 0xab);
        log.established(new IkeSa(new Cookie(1), new Cookie(2), true, Conns.IKE, PATH, false, false, new IkeSa.KeysV2(KEY, other, other, KEY)));
        var combined = new IkeProposal(EncryptionAlgorithm.AES_GCM_16, 256, HashAlgorithm.SHA2_256, DhGroup.MODP2048);
        log.established(new IkeSa(new Cookie(3), new Cookie(4), true, combined, PATH, false, false, new IkeSa.KeysV2(KEY, other, none, none)));
        assertEquals("""
                ikev2_decryption_table\t0000000000000001,0000000000000002,00112233445566778899aabbccddeeff,ab,"AES-CBC-256 [RFC3602]",ab,\
                00112233445566778899aabbccddeeff,"HMAC_SHA2_384_192 [RFC4868]"
                ikev2_decryption_table\t0000000000000003,0000000000000004,00112233445566778899aabbccddeeff,ab,"AES-GCM-256 with 16 octet ICV [RFC5282]",,,\
                "NONE [RFC4306]"
                """, Files.readString(file));
    }

    @Test void theFileIsForItsOwnerOnlyAlsoIfItWasForAllBefore() throws IOException {
        var file = directory.resolve("keys");
        Files.writeString(file, "old");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        KeyLog.to(file, failures::add);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("", Files.readString(file));
    }

    @Test void aLinkInItsPlaceIsReplacedNotFollowed() throws IOException {
        var victim = Files.writeString(directory.resolve("victim"), "precious");
        var file = Files.createSymbolicLink(directory.resolve("keys"), victim);
        KeyLog.to(file, failures::add).established(ike());
        assertEquals("precious", Files.readString(victim));
        assertFalse(Files.isSymbolicLink(file));
    }

    @Test void aFileThatIsGoneIsReportedAndNoTunnelFails() throws IOException {
        var file = directory.resolve("keys");
        var log = KeyLog.to(file, failures::add);
        Files.delete(file);
        log.established(ike());
        assertEquals(List.of("cannot write to " + file + ": " + file), failures);
        assertFalse(Files.exists(file), "nobody made it for its owner only");
    }

    @Test void withoutAKeyLogNothingIsWritten() throws IOException {
        KeyLog.NONE.established(ike());
        KeyLog.NONE.inbound(child());
        try (var files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }
}
