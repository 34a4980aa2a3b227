package dev.torii.bgp.wire;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** A path attribute of an UPDATE. Communities and the like are carried as bytes until something looks at them. */
public sealed interface PathAttribute {
    /** The attribute type code. */
    int type();

    /** RFC 4271 section 5.1.1. */
    enum Origin implements PathAttribute {
        IGP, EGP, INCOMPLETE;

        @Override public int type() { return Iana.ATTR_ORIGIN; }

        /** FRR's letter: {@code i e ?}. */
        public char letter() { return "ie?".charAt(ordinal()); }
    }

    /** RFC 4271 section 5.1.2, with AS4_PATH already merged in where the session is a two-octet one. */
    record AsPathAttribute(AsPath path) implements PathAttribute {
        @Override public int type() { return Iana.ATTR_AS_PATH; }
    }

    /** RFC 4271 section 5.1.3. */
    record NextHop(InetAddress address) implements PathAttribute {
        @Override public int type() { return Iana.ATTR_NEXT_HOP; }
    }

    /** RFC 4271 section 5.1.4; 0 to 2^32-1. */
    record MultiExitDisc(long value) implements PathAttribute {
        @Override public int type() { return Iana.ATTR_MED; }
    }

    /** RFC 4271 section 5.1.5; 0 to 2^32-1. */
    record LocalPref(long value) implements PathAttribute {
        @Override public int type() { return Iana.ATTR_LOCAL_PREF; }
    }

    /** RFC 4271 section 5.1.6. */
    record AtomicAggregate() implements PathAttribute {
        @Override public int type() { return Iana.ATTR_ATOMIC_AGGREGATE; }
    }

    /** RFC 4271 section 5.1.7; {@code partial} is the flag as received, section 4.3. */
    record Aggregator(long as, int address, boolean partial) implements PathAttribute {
        @Override public int type() { return Iana.ATTR_AGGREGATOR; }
    }

    /** RFC 1997; four octets each. */
    record Communities(Octets values, boolean partial) implements PathAttribute {
        @Override public int type() { return Iana.ATTR_COMMUNITIES; }
    }

    /** RFC 4360; eight octets each. */
    record ExtendedCommunities(Octets values, boolean partial) implements PathAttribute {
        @Override public int type() { return Iana.ATTR_EXTENDED_COMMUNITIES; }
    }

    /** RFC 8092; twelve octets each. */
    record LargeCommunities(Octets values, boolean partial) implements PathAttribute {
        @Override public int type() { return Iana.ATTR_LARGE_COMMUNITIES; }
    }

    /** RFC 4456 section 8: who brought the route into our AS, put there by a route reflector. */
    record OriginatorId(int identifier) implements PathAttribute {
        @Override public int type() { return Iana.ATTR_ORIGINATOR_ID; }
    }

    /** RFC 4456 section 8: the reflectors the route has passed, four octets each. */
    record ClusterList(Octets values) implements PathAttribute {
        @Override public int type() { return Iana.ATTR_CLUSTER_LIST; }

        public int length() { return values.length() / 4; }
    }

    /**
     * Routes with their own next hop, RFC 4760 section 3.
     *
     * @param linkLocal the same router's link-local address, if the receiver is on the link (RFC 2545 section 3)
     */
    record MpReach(AddressFamily family, InetAddress nextHop, Optional<InetAddress> linkLocal, List<Prefix> nlri) implements PathAttribute {
        public MpReach { nlri = List.copyOf(nlri); }

        public MpReach(AddressFamily family, InetAddress nextHop, List<Prefix> nlri) { this(family, nextHop, Optional.empty(), nlri); }

        @Override public int type() { return Iana.ATTR_MP_REACH; }
    }

    /** RFC 4760 section 4. */
    record MpUnreach(AddressFamily family, List<Prefix> withdrawn) implements PathAttribute {
        public MpUnreach { withdrawn = List.copyOf(withdrawn); }

        @Override public int type() { return Iana.ATTR_MP_UNREACH; }
    }

    /** Not known here. A transitive one is passed on with the partial bit (RFC 4271 section 5), others end here. */
    record UnknownAttribute(int flags, int type, Octets value) implements PathAttribute {
        public boolean transitive() { return (flags & PathAttributeCodec.TRANSITIVE) != 0; }
    }
}
