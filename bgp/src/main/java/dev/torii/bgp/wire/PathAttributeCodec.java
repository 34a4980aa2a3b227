package dev.torii.bgp.wire;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The path attribute list of an UPDATE, RFC 4271 section 4.3, with the error handling of RFC 7606 sections 3 to 7. */
public final class PathAttributeCodec {
    static final int OPTIONAL = 0x80, TRANSITIVE = 0x40, PARTIAL = 0x20, EXTENDED = 0x10;

    private final DecodeContext context;
    private final List<PathAttribute> attributes = new ArrayList<>();
    private final BitSet seen = new BitSet(256);
    private AttributeOutcome outcome = AttributeOutcome.OK;
    private @Nullable AsPath as4Path;
    private PathAttribute.@Nullable Aggregator as4Aggregator;

    private PathAttributeCodec(DecodeContext context) { this.context = context; }

    /** The attributes that may be used, and the strongest outcome of all that was wrong. */
    record Decoded(List<PathAttribute> attributes, AttributeOutcome outcome) {}

    static Decoded decode(ByteBuffer in, DecodeContext context, boolean withNlri) throws BgpDecodeException {
        var codec = new PathAttributeCodec(context);
        codec.readAll(in);
        if (!context.fourOctetAs()) codec.mergeFourOctets();
        codec.checkMandatory(withNlri);
        return new Decoded(codec.attributes, codec.outcome);
    }

    private void readAll(ByteBuffer in) throws BgpDecodeException {
        while (in.hasRemaining()) {
            if (in.remaining() < 3) { withdraw("attribute header cut short"); return; }             // RFC 7606 section 4
            int flags = Byte.toUnsignedInt(in.get());
            int type = Byte.toUnsignedInt(in.get());
            boolean extended = (flags & EXTENDED) != 0;
            if (extended && in.remaining() < 2) { cutShort(type, "attribute " + type + ": length cut short"); return; }
            int length = extended ? Short.toUnsignedInt(in.getShort()) : Byte.toUnsignedInt(in.get());
            if (length > in.remaining()) { cutShort(type, "attribute " + type + " of " + length + " in " + in.remaining() + " octets"); return; }
            var value = in.slice(in.position(), length);
            in.position(in.position() + length);
            if (seen.get(type)) {
                if (type == Iana.ATTR_MP_REACH || type == Iana.ATTR_MP_UNREACH)
                    reset(Iana.MALFORMED_ATTRIBUTE_LIST, "attribute " + type + " twice");
                else discard("attribute " + type + " twice");                                        // section 3 g: the first counts
                continue;
            }
            seen.set(type);
            decodeOne(flags, type, value);
        }
    }

    /** Section 4; of MP_REACH_NLRI and MP_UNREACH_NLRI the prefixes cannot be found then (section 3 j). */
    private void cutShort(int type, String why) {
        if (type == Iana.ATTR_MP_REACH || type == Iana.ATTR_MP_UNREACH) reset(Iana.MALFORMED_ATTRIBUTE_LIST, why);
        else withdraw(why);
    }

    private void decodeOne(int flags, int type, ByteBuffer value) throws BgpDecodeException {
        int bits = flags & (OPTIONAL | TRANSITIVE);
        int expected = expectedFlags(type);
        if (expected < 0 && (flags & OPTIONAL) == 0) {
            withdraw("well-known attribute " + type + " not recognized");
            return;
        }
        if (expected >= 0 && expected != bits) {                                                   // section 3 c
            if (type == Iana.ATTR_MP_REACH || type == Iana.ATTR_MP_UNREACH) keepMultiprotocol(type, value);   // its prefixes must be found all the same
            withdraw("attribute " + type + ": flags " + Integer.toHexString(flags));
            return;
        }
        int length = value.remaining();
        boolean partial = (flags & PARTIAL) != 0;
        switch (type) {
            case Iana.ATTR_ORIGIN -> {
                int origin = length == 1 ? Byte.toUnsignedInt(value.get()) : -1;
                if (origin < 0 || origin > 2) withdraw("ORIGIN of " + length + " octets, value " + origin);
                else attributes.add(PathAttribute.Origin.values()[origin]);
            }
            case Iana.ATTR_AS_PATH -> {
                try {
                    attributes.add(new PathAttribute.AsPathAttribute(AsPathCodec.decode(value, context.fourOctetAs() ? 4 : 2)));
                } catch (AsPathCodec.MalformedPathException e) {
                    withdraw("AS_PATH: " + e.getMessage());
                }
            }
            case Iana.ATTR_NEXT_HOP -> nextHop(value);
            case Iana.ATTR_MED -> {
                if (length != 4) withdraw("MULTI_EXIT_DISC of " + length + " octets");
                else attributes.add(new PathAttribute.MultiExitDisc(Integer.toUnsignedLong(value.getInt())));
            }
            case Iana.ATTR_LOCAL_PREF -> {
                if (context.external()) discard("LOCAL_PREF from an external peer");                 // section 7.5
                else if (length != 4) withdraw("LOCAL_PREF of " + length + " octets");
                else attributes.add(new PathAttribute.LocalPref(Integer.toUnsignedLong(value.getInt())));
            }
            case Iana.ATTR_ATOMIC_AGGREGATE -> {
                if (length != 0) discard("ATOMIC_AGGREGATE of " + length + " octets");
                else attributes.add(new PathAttribute.AtomicAggregate());
            }
            case Iana.ATTR_AGGREGATOR -> {
                if (length != (context.fourOctetAs() ? 8 : 6)) { discard("AGGREGATOR of " + length + " octets"); return; }
                long as = context.fourOctetAs() ? Integer.toUnsignedLong(value.getInt()) : Short.toUnsignedLong(value.getShort());
                if (as == 0) discard("AGGREGATOR with AS 0");                                        // RFC 7607 section 2
                else attributes.add(new PathAttribute.Aggregator(as, value.getInt(), partial));
            }
            case Iana.ATTR_COMMUNITIES -> {
                if (multiple(type, length, 4)) attributes.add(new PathAttribute.Communities(Octets.rest(value), partial));
            }
            case Iana.ATTR_EXTENDED_COMMUNITIES -> {
                if (multiple(type, length, 8)) attributes.add(new PathAttribute.ExtendedCommunities(Octets.rest(value), partial));
            }
            case Iana.ATTR_LARGE_COMMUNITIES -> {
                if (multiple(type, length, 12)) attributes.add(new PathAttribute.LargeCommunities(Octets.rest(value), partial));
            }
            case Iana.ATTR_ORIGINATOR_ID -> {
                if (context.external()) discard("ORIGINATOR_ID from an external peer");              // section 7.9
                else if (length != 4) withdraw("ORIGINATOR_ID of " + length + " octets");
                else attributes.add(new PathAttribute.OriginatorId(value.getInt()));
            }
            case Iana.ATTR_CLUSTER_LIST -> {
                if (context.external()) discard("CLUSTER_LIST from an external peer");               // section 7.10
                else if (multiple(type, length, 4)) attributes.add(new PathAttribute.ClusterList(Octets.rest(value)));
            }
            case Iana.ATTR_IPV6_EXTENDED_COMMUNITIES -> {                                            // section 7.15; carried like an unknown one
                if (multiple(type, length, 20)) attributes.add(new PathAttribute.UnknownAttribute(flags & ~EXTENDED, type, Octets.rest(value)));
            }
            case Iana.ATTR_MP_REACH, Iana.ATTR_MP_UNREACH -> keepMultiprotocol(type, value);
            case Iana.ATTR_AS4_PATH -> as4Path(value);
            case Iana.ATTR_AS4_AGGREGATOR -> {
                if (context.fourOctetAs()) discard("AS4_AGGREGATOR on a four-octet session");        // RFC 6793 section 4.1
                else if (length != 8) discard("AS4_AGGREGATOR of " + length + " octets");
                else as4Aggregator = new PathAttribute.Aggregator(Integer.toUnsignedLong(value.getInt()), value.getInt(), partial);
            }
            default -> attributes.add(new PathAttribute.UnknownAttribute(flags & ~EXTENDED, type, Octets.rest(value)));
        }
    }

    /** The Optional and Transitive bits that a known type must have; -1 for types not known here. */
    private static int expectedFlags(int type) {
        return switch (type) {
            case Iana.ATTR_ORIGIN, Iana.ATTR_AS_PATH, Iana.ATTR_NEXT_HOP, Iana.ATTR_LOCAL_PREF, Iana.ATTR_ATOMIC_AGGREGATE -> TRANSITIVE;
            case Iana.ATTR_MED, Iana.ATTR_ORIGINATOR_ID, Iana.ATTR_CLUSTER_LIST, Iana.ATTR_MP_REACH, Iana.ATTR_MP_UNREACH -> OPTIONAL;
            case Iana.ATTR_AGGREGATOR, Iana.ATTR_COMMUNITIES, Iana.ATTR_EXTENDED_COMMUNITIES, Iana.ATTR_LARGE_COMMUNITIES,
                 Iana.ATTR_IPV6_EXTENDED_COMMUNITIES, Iana.ATTR_AS4_PATH, Iana.ATTR_AS4_AGGREGATOR -> OPTIONAL | TRANSITIVE;
            default -> -1;
        };
    }

    private void nextHop(ByteBuffer value) {
        if (value.remaining() != 4) { withdraw("NEXT_HOP of " + value.remaining() + " octets"); return; }
        int address = value.getInt(0);
        int first = address >>> 24;
        if (first == 0 || first == 127 || first >= 224) { withdraw("NEXT_HOP is not a host address"); return; }   // RFC 4271 section 6.3
        attributes.add(new PathAttribute.NextHop(address(value, 4)));
    }

    private void as4Path(ByteBuffer value) {
        if (context.fourOctetAs()) { discard("AS4_PATH on a four-octet session"); return; }           // RFC 6793 section 4.1
        try {
            as4Path = AsPathCodec.decode(value, 4);
        } catch (AsPathCodec.MalformedPathException e) {
            discard("AS4_PATH: " + e.getMessage());                                                  // section 6
        }
    }

    /** RFC 4760 sections 3 and 4. Families not known here are left out: they were not negotiated. */
    private void keepMultiprotocol(int type, ByteBuffer value) throws BgpDecodeException {
        boolean reach = type == Iana.ATTR_MP_REACH;
        if (value.remaining() < (reach ? 5 : 3)) { reset(Iana.OPTIONAL_ATTRIBUTE, "attribute " + type + " of " + value.remaining() + " octets"); return; }
        var family = new AddressFamily(Short.toUnsignedInt(value.getShort()), Byte.toUnsignedInt(value.get()));
        boolean ipv6 = family.equals(AddressFamily.IPV6_UNICAST);
        if (!ipv6 && !family.equals(AddressFamily.IPV4_UNICAST)) { discard("attribute " + type + " for " + family); return; }
        if (!reach) {
            attributes.add(new PathAttribute.MpUnreach(family, NlriCodec.decode(value, ipv6, Iana.OPTIONAL_ATTRIBUTE)));
            return;
        }
        int length = Byte.toUnsignedInt(value.get());
        if (length + 1 > value.remaining() || (ipv6 ? length != 16 && length != 32 : length != 4)) {  // section 7.11; RFC 2545: 32 is global and link-local
            reset(Iana.OPTIONAL_ATTRIBUTE, "MP_REACH_NLRI next hop of " + length + " octets");
            return;
        }
        var nextHop = address(value, ipv6 ? 16 : 4);
        value.position(value.position() + (ipv6 ? 16 : 4));
        Optional<InetAddress> linkLocal = length == 32 ? Optional.of(address(value, 16)).filter(InetAddress::isLinkLocalAddress) : Optional.empty();
        value.position(value.position() + (length == 32 ? 16 : 0) + 1);                              // and the reserved octet
        if (nextHop.isAnyLocalAddress() || nextHop.isLoopbackAddress() || nextHop.isMulticastAddress()) withdraw("MP_REACH_NLRI: the next hop is not a host address");
        attributes.add(new PathAttribute.MpReach(family, nextHop, linkLocal, NlriCodec.decode(value, ipv6, Iana.OPTIONAL_ATTRIBUTE)));
    }

    private static InetAddress address(ByteBuffer value, int length) {
        var bytes = new byte[length];
        value.get(value.position(), bytes);
        try {
            return length == 16 ? Inet6Address.getByAddress(null, bytes, -1) : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes are always an address", e);
        }
    }

    /** RFC 6793 section 4.2.3. */
    private void mergeFourOctets() {
        int aggregatorAt = indexOf(Iana.ATTR_AGGREGATOR);
        if (aggregatorAt >= 0 && attributes.get(aggregatorAt) instanceof PathAttribute.Aggregator old) {
            if (old.as() != Iana.AS_TRANS && as4Aggregator != null) return;                          // a two-octet speaker aggregated later: neither counts
            if (as4Aggregator != null) attributes.set(aggregatorAt, as4Aggregator);
        }
        int pathAt = indexOf(Iana.ATTR_AS_PATH);
        if (as4Path != null && pathAt >= 0 && attributes.get(pathAt) instanceof PathAttribute.AsPathAttribute old)
            attributes.set(pathAt, new PathAttribute.AsPathAttribute(AsPathCodec.merge(old.path(), as4Path)));
    }

    private void checkMandatory(boolean withNlri) {
        boolean multiprotocol = indexOf(Iana.ATTR_MP_REACH) >= 0;
        if (!withNlri && !multiprotocol) return;
        require(Iana.ATTR_ORIGIN, "ORIGIN");                                                         // RFC 7606 section 3 d
        require(Iana.ATTR_AS_PATH, "AS_PATH");
        if (withNlri) require(Iana.ATTR_NEXT_HOP, "NEXT_HOP");
        if (!context.external()) require(Iana.ATTR_LOCAL_PREF, "LOCAL_PREF");
    }

    private void require(int type, String name) {
        if (!seen.get(type)) withdraw(name + " is missing");
    }

    private int indexOf(int type) {
        for (int i = 0; i < attributes.size(); i++) if (attributes.get(i).type() == type) return i;
        return -1;
    }

    private boolean multiple(int type, int length, int unit) {
        if (length > 0 && length % unit == 0) return true;
        withdraw("attribute " + type + " of " + length + " octets");
        return false;
    }

    private void discard(String why) { outcome = outcome.and(new AttributeOutcome.Discard(why)); }

    private void withdraw(String why) { outcome = outcome.and(new AttributeOutcome.TreatAsWithdraw(why)); }

    private void reset(int subcode, String why) { outcome = outcome.and(new AttributeOutcome.SessionReset(subcode, Octets.EMPTY, why)); }

    /** Writes the list in its order; on a two-octet session AS4_PATH and AS4_AGGREGATOR follow where they are needed. */
    static void encode(List<PathAttribute> attributes, DecodeContext context, ByteBuffer out) {
        for (PathAttribute attribute : attributes) {
            switch (attribute) {
                case PathAttribute.Origin origin -> put(out, TRANSITIVE, origin.type(), value -> value.put((byte) origin.ordinal()));
                case PathAttribute.AsPathAttribute path ->
                    put(out, TRANSITIVE, path.type(), value -> AsPathCodec.encode(path.path(), context.fourOctetAs() ? 4 : 2, value));
                case PathAttribute.NextHop nextHop -> put(out, TRANSITIVE, nextHop.type(), value -> value.put(nextHop.address().getAddress()));
                case PathAttribute.MultiExitDisc med -> put(out, OPTIONAL, med.type(), value -> value.putInt((int) med.value()));
                case PathAttribute.LocalPref pref -> put(out, TRANSITIVE, pref.type(), value -> value.putInt((int) pref.value()));
                case PathAttribute.AtomicAggregate atomic -> put(out, TRANSITIVE, atomic.type(), value -> { });
                case PathAttribute.Aggregator aggregator -> put(out, transitive(aggregator.partial()), aggregator.type(), value -> {
                    if (context.fourOctetAs()) value.putInt((int) aggregator.as());
                    else value.putShort((short) AsPathCodec.twoOctets(aggregator.as()));
                    value.putInt(aggregator.address());
                });
                case PathAttribute.Communities list -> put(out, transitive(list.partial()), list.type(), list.values()::writeTo);
                case PathAttribute.ExtendedCommunities list -> put(out, transitive(list.partial()), list.type(), list.values()::writeTo);
                case PathAttribute.LargeCommunities list -> put(out, transitive(list.partial()), list.type(), list.values()::writeTo);
                case PathAttribute.OriginatorId originator -> put(out, OPTIONAL, originator.type(), value -> value.putInt(originator.identifier()));
                case PathAttribute.ClusterList list -> put(out, OPTIONAL, list.type(), list.values()::writeTo);
                case PathAttribute.MpReach reach -> put(out, OPTIONAL, reach.type(), value -> {
                    value.putShort((short) reach.family().afi()).put((byte) reach.family().safi());
                    nextHops(reach, value);
                    NlriCodec.encode(reach.nlri(), value);
                });
                case PathAttribute.MpUnreach unreach -> put(out, OPTIONAL, unreach.type(), value -> {
                    value.putShort((short) unreach.family().afi()).put((byte) unreach.family().safi());
                    NlriCodec.encode(unreach.withdrawn(), value);
                });
                case PathAttribute.UnknownAttribute unknown -> put(out, unknown.flags(), unknown.type(), unknown.value()::writeTo);
            }
        }
        if (!context.fourOctetAs()) encodeFourOctets(attributes, out);
    }

    /** The length, the global address and the link-local one, the reserved octet. */
    static void nextHops(PathAttribute.MpReach reach, ByteBuffer out) {
        int length = reach.nextHop().getAddress().length;
        out.put((byte) (reach.linkLocal().isPresent() ? 2 * length : length)).put(reach.nextHop().getAddress());
        reach.linkLocal().ifPresent(address -> out.put(address.getAddress()));
        out.put((byte) 0);
    }

    /** RFC 6793 section 4.2.2. */
    private static void encodeFourOctets(List<PathAttribute> attributes, ByteBuffer out) {
        for (PathAttribute attribute : attributes) {
            if (attribute instanceof PathAttribute.AsPathAttribute path && AsPathCodec.needsFourOctets(path.path()))
                put(out, OPTIONAL | TRANSITIVE, Iana.ATTR_AS4_PATH, value -> AsPathCodec.encode(path.path(), 4, value));
            if (attribute instanceof PathAttribute.Aggregator aggregator && aggregator.as() > 0xFFFF)
                put(out, OPTIONAL | TRANSITIVE, Iana.ATTR_AS4_AGGREGATOR, value -> value.putInt((int) aggregator.as()).putInt(aggregator.address()));
        }
    }

    private static int transitive(boolean partial) { return OPTIONAL | TRANSITIVE | (partial ? PARTIAL : 0); }

    /** Writes a value; the extended length is used only where one octet does not hold it. */
    private static void put(ByteBuffer out, int flags, int type, java.util.function.Consumer<ByteBuffer> body) {
        int start = out.position();
        out.put((byte) (flags & ~EXTENDED)).put((byte) type).put((byte) 0);
        int from = out.position();
        body.accept(out);
        int length = out.position() - from;
        if (length > 0xFF) {
            var value = new byte[length];
            out.get(from, value);
            out.position(from - 1).putShort((short) length).put(value);
            out.put(start, (byte) (flags | EXTENDED));
        } else {
            out.put(from - 1, (byte) length);
        }
    }
}
