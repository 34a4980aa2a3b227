package dev.torii.cli.daemon;

import dev.torii.ike.ChildSa;
import dev.torii.ike.EspCipher;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeSa;
import dev.torii.ike.IntegrityAlgorithm;
import dev.torii.ike.Secret;
import dev.torii.ike.Spi;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The file that {@code torii run --key-log} asks for: the keys of every SA, for Wireshark. Each line begins with the name of the Wireshark table it belongs to
 * ({@code ikev1_decryption_table}, {@code ikev2_decryption_table}, {@code esp_sa}), a tab, and the table's line. Mode 0600; nothing else in the program writes
 * a key.
 */
final class KeyLog {
    private final Optional<Path> file;
    private final Consumer<String> failed;

    /** No key log: every call does nothing. */
    static final KeyLog NONE = new KeyLog(Optional.empty(), failure -> {});

    private KeyLog(Optional<Path> file, Consumer<String> failed) {
        this.file = file;
        this.failed = failed;
    }

    /** Begins the file anew, for its owner only. {@code failed} hears of lines that could not be written: no tunnel depends on this file. */
    static KeyLog to(Path path, Consumer<String> failed) throws IOException {
        Files.deleteIfExists(path);
        Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return new KeyLog(Optional.of(path), failed);
    }

    void established(IkeSa sa) {
        switch (sa.keys()) {
            case IkeSa.KeysV1(Secret encryption) -> write("ikev1_decryption_table", sa.initiatorCookie() + "," + hex(encryption));
            case IkeSa.KeysV2 keys -> write("ikev2_decryption_table", String.join(",", sa.initiatorCookie().toString(), sa.responderCookie().toString(),
                    hex(keys.encryptionInitiator()), hex(keys.encryptionResponder()), quoted(encryption(sa.proposal())),
                    hex(keys.integrityInitiator()), hex(keys.integrityResponder()), quoted(integrity(sa.proposal()))));
        }
    }

    private static String encryption(IkeProposal proposal) {
        return switch (proposal.encryption()) {
            case AES_CBC -> "AES-CBC-" + proposal.keyBits() + " [RFC3602]";
            case AES_GCM_16 -> "AES-GCM-" + proposal.keyBits() + " with 16 octet ICV [RFC5282]";
        };
    }

    private static String integrity(IkeProposal proposal) {
        if (proposal.encryption().combined()) return "NONE [RFC4306]";
        return switch (proposal.hash()) {
            case SHA1 -> "HMAC_SHA1_96 [RFC2404]";
            case SHA2_256 -> "HMAC_SHA2_256_128 [RFC4868]";
            case SHA2_384 -> "HMAC_SHA2_384_192 [RFC4868]";
            case SHA2_512 -> "HMAC_SHA2_512_256 [RFC4868]";
        };
    }

    private static String quoted(String name) {
        return '"' + name + '"';
    }

    void inbound(ChildSa child) {
        esp(child, child.inbound(), child.inboundKey());
    }

    void outbound(ChildSa child) {
        esp(child, child.outbound(), child.outboundKey());
    }

    private void esp(ChildSa child, Spi spi, Secret key) {
        String protocol = child.path().remote().getAddress() instanceof Inet4Address ? "IPv4" : "IPv6";
        var cipher = cipher(child.suite().cipher());
        if (cipher.isEmpty()) return;
        int integrityBytes = child.suite().integrity().map(IntegrityAlgorithm::keyBytes).orElse(0);
        int cipherBytes = key.length() - integrityBytes;
        var cipherKey = key.slice(0, cipherBytes);
        var integrityKey = key.slice(cipherBytes, integrityBytes);
        write("esp_sa", "\"" + protocol + "\",\"*\",\"*\",\"0x" + spi + "\",\"" + cipher.get() + "\",\"0x" + hex(cipherKey) + "\",\""
                + child.suite().integrity().map(KeyLog::integrity).orElse("NULL") + "\",\"" + (integrityBytes == 0 ? "" : "0x" + hex(integrityKey)) + "\"");
        cipherKey.erase();
        integrityKey.erase();
    }

    /** Wireshark's name; empty if it has none: a line it does not know would spoil the table. */
    private static Optional<String> cipher(EspCipher cipher) {
        return switch (cipher) {
            case AES_GCM_16 -> Optional.of("AES-GCM with 16 octet ICV [RFC4106]");
            case AES_GCM_12 -> Optional.of("AES-GCM with 12 octet ICV [RFC4106]");
            case CHACHA20_POLY1305 -> Optional.empty();
            case AES_CBC -> Optional.of("AES-CBC [RFC3602]");
        };
    }

    /** Wireshark's name. */
    private static String integrity(IntegrityAlgorithm algorithm) {
        return switch (algorithm) {
            case HMAC_SHA1_96 -> "HMAC-SHA-1-96 [RFC2404]";
            case HMAC_SHA2_256_128 -> "HMAC-SHA-256-128 [RFC4868]";
            case HMAC_SHA2_384_192 -> "HMAC-SHA-384-192 [RFC4868]";
            case HMAC_SHA2_512_256 -> "HMAC-SHA-512-256 [RFC4868]";
        };
    }

    private void write(String table, String line) {
        if (file.isEmpty()) return;
        try {
            Files.writeString(file.get(), table + "\t" + line + "\n", StandardCharsets.US_ASCII, StandardOpenOption.APPEND);
        } catch (IOException e) {
            failed.accept("cannot write to " + file.get() + ": " + e.getMessage());
        }
    }

    private static String hex(Secret secret) {
        byte[] bytes = secret.toByteArray();
        try {
            return HexFormat.of().formatHex(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
