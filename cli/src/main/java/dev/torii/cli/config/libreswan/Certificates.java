package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.ConfigFiles;
import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Position;
import dev.torii.cli.config.Warning;
import dev.torii.cli.config.libreswan.Conn.Value;
import dev.torii.ike.IkeException;
import dev.torii.ike.Secret;
import dev.torii.ike.SigningKey;
import dev.torii.ike.cert.CertificateFiles;
import dev.torii.ike.cert.Trust;
import dev.torii.ike.crypto.Signatures;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The directories of ipsec.d that hold certificates, keys, authorities and revocations. Each file is read once, and only if a conn needs it. */
final class Certificates {
    private static final String CERTS = "/etc/ipsec.d/certs/";
    private static final String PRIVATE = "/etc/ipsec.d/private/";
    private static final String AUTHORITIES = "/etc/ipsec.d/cacerts/";

    private final ConfigFiles files;
    private final List<KeyEntry> entries;
    private final Diagnostics diagnostics;
    private final Map<String, Optional<List<X509Certificate>>> certificates = new HashMap<>();
    private final Map<String, Optional<SigningKey>> keys = new HashMap<>();
    private Optional<Trust> trust = Optional.empty();

    /** @param entries of ipsec.secrets */
    Certificates(ConfigFiles files, List<KeyEntry> entries, Diagnostics diagnostics) {
        this.files = files;
        this.entries = entries;
        this.diagnostics = diagnostics;
    }

    /** {@code leftcert=}: the certificate, and what else is in its file. Empty after an error. */
    Optional<List<X509Certificate>> of(Value value) {
        String name = value.text().startsWith("/") ? value.text() : CERTS + value.text();
        if (!files.exists(name)) {
            String nick = value.text();
            String base = nick.replaceAll(".*/", "").replaceAll("\\.[A-Za-z]+$", "").replaceAll("[^A-Za-z0-9._-]", "-");
            diagnostics.error(value.at(), value.keyword() + "=" + nick + ": there is no file " + name,
                    "put the certificate there as PEM; out of an NSS database: pk12util -o " + base + ".p12 -n '" + nick + "' -d sql:/var/lib/ipsec/nss; "
                            + "openssl pkcs12 -in " + base + ".p12 -clcerts -nokeys -out " + CERTS + base + ".pem; "
                            + "openssl pkcs12 -in " + base + ".p12 -nocerts -nodes -out " + PRIVATE + base + ".pem");
            return Optional.empty();
        }
        return certificates.computeIfAbsent(name, unread -> files.bytes(name, value.at()).flatMap(bytes -> certificates(name, bytes, value.at())));
    }

    private Optional<List<X509Certificate>> certificates(String name, byte[] bytes, Position at) {
        try {
            List<X509Certificate> found = CertificateFiles.certificates(bytes);
            current(found.getFirst(), name);
            return Optional.of(found);
        } catch (IkeException unusable) {
            diagnostics.error(at, name + " cannot be used: " + unusable.getMessage(), "put the certificate there as PEM (-----BEGIN CERTIFICATE-----)");
            return Optional.empty();
        }
    }

    private void current(X509Certificate certificate, String name) {
        try {
            Trust.current(certificate, Instant.now());
        } catch (IkeException notNow) {
            diagnostics.warn(Warning.Kind.FILE, new Position(name, 1, 1), notNow.getMessage(), "renew it, or set the clock");
        }
    }

    /** The private key of {@code leftcert=}: one that ipsec.secrets names, else the file in private of the same name. Empty after an error. */
    Optional<SigningKey> keyOf(Value value, X509Certificate certificate) {
        int before = diagnostics.errors();
        for (KeyEntry entry : entries) {
            String name = entry.file().startsWith("/") ? entry.file() : PRIVATE + entry.file();
            Optional<SigningKey> key = read(name, entry.at(), entry.passphrase());
            if (key.isPresent() && Signatures.belong(key.get(), certificate.getPublicKey())) return key;
        }
        String base = PRIVATE + value.text().replaceAll(".*/", "").replaceAll("\\.[A-Za-z0-9]+$", "");
        for (String ending : List.of(".pem", ".key", ".der")) {
            if (!files.exists(base + ending)) continue;
            Optional<SigningKey> key = read(base + ending, value.at(), Optional.empty());
            if (key.isPresent() && !Signatures.belong(key.get(), certificate.getPublicKey())) {
                diagnostics.error(value.at(), "the private key in " + base + ending + " is not that of " + value.keyword() + "=" + value.text(),
                        "put the key there that the certificate was made for");
                return Optional.empty();
            }
            return key;
        }
        if (diagnostics.errors() == before) {
            diagnostics.error(value.at(), value.keyword() + "=" + value.text() + " has no private key: there is neither " + base + ".pem nor .key",
                    "put the key there as PEM (chmod 600), or name its file in ipsec.secrets: : RSA file.pem");
        }
        return Optional.empty();
    }

    private Optional<SigningKey> read(String name, Position at, Optional<Secret> passphrase) {
        return keys.computeIfAbsent(name, unread -> {
            if (files.worldReadable(name)) {
                diagnostics.warn(Warning.Kind.FILE, new Position(name, 1, 1), name + " can be read by everybody on this host", "chmod 600 " + name);
            }
            Optional<byte[]> bytes = files.bytes(name, at);
            if (bytes.isEmpty()) return Optional.empty();
            try {
                return Optional.of(CertificateFiles.key(bytes.get(), passphrase));
            } catch (IkeException unusable) {
                diagnostics.error(at, name + " cannot be used: " + unusable.getMessage(),
                        "put a PKCS#8 key there, or write its passphrase into ipsec.secrets: : RSA " + name.replace(PRIVATE, "") + " \"passphrase\"");
                return Optional.empty();
            } finally {
                Arrays.fill(bytes.get(), (byte) 0);
            }
        });
    }

    /** All of cacerts and crls. */
    Trust trust() {
        if (trust.isEmpty()) {
            var authorities = new ArrayList<X509Certificate>();
            for (String name : files.glob(AUTHORITIES + "*")) {
                each(files, name, "certificate", bytes -> CertificateFiles.certificates(bytes).forEach(found -> {
                    current(found, name);
                    authorities.add(found);
                }), diagnostics);
            }
            trust = Optional.of(new Trust(authorities, new RevocationLists(files, diagnostics)));
        }
        return trust.get();
    }

    /** What to do with a file. */
    interface Content {
        void add(byte[] bytes) throws IkeException;
    }

    /** Hands on the bytes of a file. @param what it should contain */
    static void each(ConfigFiles files, String name, String what, Content content, Diagnostics diagnostics) {
        var at = new Position(name, 1, 1);
        files.bytes(name, at).ifPresent(bytes -> {
            try {
                content.add(bytes);
            } catch (IkeException unusable) {
                diagnostics.error(at, name + " cannot be used: " + unusable.getMessage(), "put a " + what + " there, or remove the file");
            }
        });
    }
}
