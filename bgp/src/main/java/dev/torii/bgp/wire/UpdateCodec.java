package dev.torii.bgp.wire;

import static dev.torii.bgp.wire.Iana.UPDATE_ERROR;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.List;

/** The UPDATE message, RFC 4271 section 4.3, with the error handling of RFC 7606. */
public final class UpdateCodec {
    private static final int LENGTHS = 2 + 2;
    private static final int LONGEST_IPV4 = 5, LONGEST_IPV6 = 17;
    private static final int LONGEST_MP_REACH = 4 + 3 + 1 + 32 + 1;     // header, family, two next hops with their length, the reserved octet

    private UpdateCodec() {}

    static BgpCodec.Decoded decode(ByteBuffer in, DecodeContext context) throws BgpDecodeException {
        int withdrawnLength = Short.toUnsignedInt(in.getShort());
        if (withdrawnLength + 2 > in.remaining()) throw malformedList("withdrawn routes of " + withdrawnLength + " octets");
        var withdrawnBytes = in.slice(in.position(), withdrawnLength);
        in.position(in.position() + withdrawnLength);
        int attributesLength = Short.toUnsignedInt(in.getShort());
        if (attributesLength > in.remaining()) throw malformedList("path attributes of " + attributesLength + " octets");
        var attributeBytes = in.slice(in.position(), attributesLength);
        in.position(in.position() + attributesLength);

        var withdrawn = NlriCodec.decode(withdrawnBytes, false, Iana.INVALID_NETWORK_FIELD);
        var nlri = NlriCodec.decode(in, false, Iana.INVALID_NETWORK_FIELD);
        var attributes = PathAttributeCodec.decode(attributeBytes, context, !nlri.isEmpty());
        if (attributes.outcome() instanceof AttributeOutcome.SessionReset reset)
            throw new BgpDecodeException(UPDATE_ERROR, reset.subcode(), reset.data(), reset.why());
        return new BgpCodec.Decoded(new UpdateMessage(withdrawn, attributes.attributes(), nlri), attributes.outcome());
    }

    static void encode(UpdateMessage update, DecodeContext context, ByteBuffer out) {
        int start = out.position();
        out.putShort((short) 0);
        NlriCodec.encode(update.withdrawn(), out);
        out.putShort(start, (short) (out.position() - start - 2));
        int attributes = out.position();
        out.putShort((short) 0);
        PathAttributeCodec.encode(update.attributes(), context, out);
        out.putShort(attributes, (short) (out.position() - attributes - 2));
        NlriCodec.encode(update.nlri(), out);
    }

    /**
     * Announces the prefixes with these attributes in as few messages as they need. A first attribute that is an MP_REACH_NLRI without prefixes says that they
     * go into it (RFC 7606 section 5.1 wants it first); else they are IPv4 ones behind the attributes.
     *
     * @return false if the attributes leave no room for a prefix in {@link BgpCodec#MAX_MESSAGE} octets: nothing is written
     */
    public static boolean announce(List<PathAttribute> attributes, List<Prefix> prefixes, DecodeContext context, MessageBatch batch) {
        boolean multiprotocol = attributes.getFirst() instanceof PathAttribute.MpReach;
        var encoded = batch.scratch();
        try {
            PathAttributeCodec.encode(multiprotocol ? attributes.subList(1, attributes.size()) : attributes, context, encoded);
        } catch (BufferOverflowException e) {
            return false;                                               // a configured prepend can be as long as it likes
        }
        encoded.flip();
        int longest = multiprotocol ? LONGEST_MP_REACH + LONGEST_IPV6 : LONGEST_IPV4;
        if (BgpCodec.HEADER + LENGTHS + encoded.remaining() + longest > BgpCodec.MAX_MESSAGE) return false;
        for (int next = 0; next < prefixes.size(); ) {
            var out = batch.start(Iana.UPDATE);
            out.putShort((short) 0);
            if (multiprotocol) {
                int attributesAt = out.position();
                out.putShort((short) 0);
                int lengthAt = startMultiprotocol(out, Iana.ATTR_MP_REACH, ((PathAttribute.MpReach) attributes.getFirst()).family());
                PathAttributeCodec.nextHops((PathAttribute.MpReach) attributes.getFirst(), out);
                next = fill(out, prefixes, next, batch.room() - encoded.remaining());
                out.putShort(lengthAt, (short) (out.position() - lengthAt - 2));
                out.put(encoded.duplicate());
                out.putShort(attributesAt, (short) (out.position() - attributesAt - 2));
            } else {
                out.putShort((short) encoded.remaining()).put(encoded.duplicate());
                next = fill(out, prefixes, next, batch.room());
            }
            batch.end();
        }
        return true;
    }

    /** Withdraws the prefixes, all of one family, in as few messages as they need. */
    public static void withdraw(List<Prefix> prefixes, MessageBatch batch) {
        boolean multiprotocol = prefixes.getFirst().ipv6();
        for (int next = 0; next < prefixes.size(); ) {
            var out = batch.start(Iana.UPDATE);
            out.putShort((short) 0);
            int start = out.position();
            if (multiprotocol) {
                out.putShort((short) 0);
                int lengthAt = startMultiprotocol(out, Iana.ATTR_MP_UNREACH, prefixes.getFirst().family());
                next = fill(out, prefixes, next, batch.room());
                out.putShort(lengthAt, (short) (out.position() - lengthAt - 2)).putShort(start, (short) (out.position() - start - 2));
            } else {
                next = fill(out, prefixes, next, batch.room() - 2);     // the attributes' length comes after them
                out.putShort(start - 2, (short) (out.position() - start)).putShort((short) 0);
            }
            batch.end();
        }
    }

    /** Begins an MP_REACH_NLRI or MP_UNREACH_NLRI of unknown length; returns where the length is. */
    private static int startMultiprotocol(ByteBuffer out, int type, AddressFamily family) {
        out.put((byte) (PathAttributeCodec.OPTIONAL | PathAttributeCodec.EXTENDED)).put((byte) type);
        int lengthAt = out.position();
        out.putShort((short) 0).putShort((short) family.afi()).put((byte) family.safi());
        return lengthAt;
    }

    private static int fill(ByteBuffer out, List<Prefix> prefixes, int next, int room) {
        int end = out.position() + room;
        while (next < prefixes.size() && out.position() + NlriCodec.size(prefixes.get(next)) <= end) NlriCodec.encode(prefixes.get(next++), out);
        return next;
    }

    private static BgpDecodeException malformedList(String why) {
        return new BgpDecodeException(UPDATE_ERROR, Iana.MALFORMED_ATTRIBUTE_LIST, why);
    }
}
