package dev.torii.ike.wire;

import dev.torii.ike.Octets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The security association payload with its proposals, transforms and attributes: RFC 2408, sections 3.3 to 3.6. */
final class SaPayloadCodec {
    private static final int SIT_IDENTITY_ONLY = 1;
    private static final int MAX_ITEMS = 256;
    private static final int BASIC = 0x8000;

    private SaPayloadCodec() {
    }

    static Payload.Sa decode(ByteBuffer in) throws MalformedMessageException {
        PayloadCodec.need(in, 8, "SA");
        int doi = in.getInt();
        int situation = in.getInt();
        if (doi != Payload.DOI_IPSEC || situation != SIT_IDENTITY_ONLY) {
            throw new MalformedMessageException("SA with DOI " + doi + ", situation " + situation);
        }
        var proposals = new ArrayList<Proposal>();
        for (ByteBuffer body : items(in, PayloadType.PROPOSAL)) {
            proposals.add(proposal(body));
        }
        return new Payload.Sa(proposals);
    }

    private static Proposal proposal(ByteBuffer in) throws MalformedMessageException {
        PayloadCodec.need(in, 4, "proposal");
        int number = Byte.toUnsignedInt(in.get());
        int protocol = Byte.toUnsignedInt(in.get());
        int spiBytes = Byte.toUnsignedInt(in.get());
        int count = Byte.toUnsignedInt(in.get());
        PayloadCodec.need(in, spiBytes, "proposal's SPI");
        Octets spi = Octets.take(in, spiBytes);
        var transforms = new ArrayList<Transform>();
        for (ByteBuffer body : items(in, PayloadType.TRANSFORM)) {
            transforms.add(transform(body));
        }
        if (transforms.size() != count) {
            throw new MalformedMessageException("proposal says " + count + " transforms and has " + transforms.size());
        }
        return new Proposal(number, protocol, spi, transforms);
    }

    private static Transform transform(ByteBuffer in) throws MalformedMessageException {
        PayloadCodec.need(in, 4, "transform");
        int number = Byte.toUnsignedInt(in.get());
        int id = Byte.toUnsignedInt(in.get());
        in.getShort();
        return new Transform(number, id, attributes(in));
    }

    /** Data attributes until the buffer ends; RESPONDER-LIFETIME carries them too. */
    static List<Attribute> attributes(ByteBuffer in) throws MalformedMessageException {
        var attributes = new ArrayList<Attribute>();
        while (in.hasRemaining()) {
            PayloadCodec.need(in, 4, "attribute");
            int type = Short.toUnsignedInt(in.getShort());
            if ((type & BASIC) != 0) {
                attributes.add(new Attribute(type & ~BASIC, true, Octets.take(in, 2)));
            } else {
                int length = Short.toUnsignedInt(in.getShort());
                PayloadCodec.need(in, length, "attribute value");
                attributes.add(new Attribute(type, false, Octets.take(in, length)));
            }
        }
        return attributes;
    }

    /** Bodies of a chain whose items are all of one type (2 proposals or 3 transforms) and fill the buffer. */
    private static List<ByteBuffer> items(ByteBuffer in, int type) throws MalformedMessageException {
        var bodies = new ArrayList<ByteBuffer>();
        boolean more = in.hasRemaining();
        while (more) {
            PayloadCodec.need(in, PayloadCodec.GENERIC_HEADER, "item " + type);
            int start = in.position();
            int next = Byte.toUnsignedInt(in.get(start));
            int length = Short.toUnsignedInt(in.getShort(start + 2));
            if (length < PayloadCodec.GENERIC_HEADER || length > in.remaining()) {
                throw new MalformedMessageException("item " + type + " with length " + length + " where " + in.remaining() + " bytes are left");
            }
            if (next != PayloadType.NONE && next != type || bodies.size() == MAX_ITEMS) {
                throw new MalformedMessageException("item " + next + " follows item " + type);
            }
            bodies.add(in.slice(start + PayloadCodec.GENERIC_HEADER, length - PayloadCodec.GENERIC_HEADER));
            in.position(start + length);
            more = next == type;
        }
        if (in.hasRemaining()) {
            throw new MalformedMessageException(in.remaining() + " bytes after the last item " + type);
        }
        return bodies;
    }

    static void encode(Payload.Sa sa, ByteBuffer out) {
        out.putInt(Payload.DOI_IPSEC).putInt(SIT_IDENTITY_ONLY);
        for (int i = 0; i < sa.proposals().size(); i++) {
            Proposal proposal = sa.proposals().get(i);
            int start = begin(i + 1 < sa.proposals().size() ? PayloadType.PROPOSAL : PayloadType.NONE, out);
            out.put((byte) proposal.number()).put((byte) proposal.protocol()).put((byte) proposal.spi().length())
                    .put((byte) proposal.transforms().size());
            proposal.spi().writeTo(out);
            encode(proposal.transforms(), out);
            end(start, out);
        }
    }

    private static void encode(List<Transform> transforms, ByteBuffer out) {
        for (int i = 0; i < transforms.size(); i++) {
            Transform transform = transforms.get(i);
            int start = begin(i + 1 < transforms.size() ? PayloadType.TRANSFORM : PayloadType.NONE, out);
            out.put((byte) transform.number()).put((byte) transform.id()).putShort((short) 0);
            encodeAttributes(transform.attributes(), out);
            end(start, out);
        }
    }

    static void encodeAttributes(List<Attribute> attributes, ByteBuffer out) {
        for (Attribute attribute : attributes) {
            out.putShort((short) (attribute.basic() ? attribute.type() | BASIC : attribute.type()));
            if (!attribute.basic()) {
                out.putShort((short) attribute.value().length());
            }
            attribute.value().writeTo(out);
        }
    }

    private static int begin(int next, ByteBuffer out) {
        int start = out.position();
        out.put((byte) next).put((byte) 0).putShort((short) 0);
        return start;
    }

    private static void end(int start, ByteBuffer out) {
        out.putShort(start + 2, (short) (out.position() - start));
    }
}
