package dev.torii.cli.config;

/** {@code encapsulation=}: whether ESP travels in UDP (RFC 3948). */
public enum Encapsulation {
    /** Where NAT detection (RFC 3947) finds a NAT. */
    AUTO,
    /** Always. */
    YES
}
