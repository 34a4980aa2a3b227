package dev.torii.bgp.wire;

/** A capability of an OPEN, RFC 5492. */
public sealed interface Capability {
    /** RFC 4760 section 8. */
    record Multiprotocol(AddressFamily family) implements Capability {}

    /** RFC 2918 section 2. */
    record RouteRefresh() implements Capability {}

    /** RFC 6793 section 3. */
    record FourOctetAs(long as) implements Capability {}

    /** Kept as it came. */
    record Unknown(int code, Octets value) implements Capability {}
}
