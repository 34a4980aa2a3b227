package dev.torii.ike;

/** {@code encapsulation=}: whether ESP travels in UDP (RFC 3948) or as IP protocol 50. */
public enum Encapsulation {
    /** Where NAT detection finds a NAT (RFC 3947, section 4; RFC 7296, section 2.23). */
    AUTO,
    /** Always: the peer is made to find a NAT. */
    YES,
    /** Never, whatever NAT detection finds. */
    NO
}
