package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Position;
import dev.torii.ike.Secret;
import java.util.Optional;

/**
 * A private key's entry in ipsec.secrets: {@code : RSA file.pem "passphrase"}.
 *
 * @param file absolute, or below ipsec.d/private
 */
record KeyEntry(Position at, String file, Optional<Secret> passphrase) {}
