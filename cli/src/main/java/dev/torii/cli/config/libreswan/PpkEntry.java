package dev.torii.cli.config.libreswan;

import dev.torii.ike.PostQuantumKeys;

/**
 * A post-quantum key's entry in ipsec.secrets: {@code ID ID : PPKS "name" "secret"}.
 *
 * @param entry whose it is, and the secret
 * @param key with its name
 */
record PpkEntry(SecretTable.Entry entry, PostQuantumKeys.Key key) {}
