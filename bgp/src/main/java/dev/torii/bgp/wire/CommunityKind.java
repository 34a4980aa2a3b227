package dev.torii.bgp.wire;

/** The three kinds of communities. */
public enum CommunityKind {
    /** RFC 1997: four octets, {@code 65000:1}. */
    STANDARD(Iana.ATTR_COMMUNITIES, 4),
    /** RFC 4360: eight octets, {@code RT:65000:1}. */
    EXTENDED(Iana.ATTR_EXTENDED_COMMUNITIES, 8),
    /** RFC 8092: twelve octets, {@code 65000:1:2}. */
    LARGE(Iana.ATTR_LARGE_COMMUNITIES, 12);

    private final int attributeType;
    private final int octets;

    CommunityKind(int attributeType, int octets) {
        this.attributeType = attributeType;
        this.octets = octets;
    }

    /** The attribute that carries them. */
    public int attributeType() { return attributeType; }

    /** Of one value. */
    int octets() { return octets; }
}
