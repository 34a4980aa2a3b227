package dev.torii.ike.v2.wire;

import dev.torii.ike.Octets;
import dev.torii.ike.wire.Attribute;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The security association payload: RFC 7296, sections 3.3 to 3.3.5. */
final class SaCodec {
    private static final int MORE_PROPOSALS = 2;
    private static final int MORE_TRANSFORMS = 3;
    private static final int MAX_ITEMS = 256;
    private static final int HEADER = 8;
    private static final int BASIC = 0x8000;

    private SaCodec() {
    }

    static Payload.Sa decode(ByteBuffer in) throws Refusal {
        var proposals = new ArrayList<Proposal>();
        for (ByteBuffer item : items(in, MORE_PROPOSALS)) {
            int number = Byte.toUnsignedInt(item.get());
            int protocol = Byte.toUnsignedInt(item.get());
            int spiBytes = Byte.toUnsignedInt(item.get());
            int count = Byte.toUnsignedInt(item.get());
            PayloadCodec.need(item, spiBytes, "proposal's SPI");
            Octets spi = Octets.take(item, spiBytes);
            var transforms = new ArrayList<Transform>();
            for (ByteBuffer body : items(item, MORE_TRANSFORMS)) {
                int type = Byte.toUnsignedInt(body.get());
                body.get();
                transforms.add(new Transform(type, Short.toUnsignedInt(body.getShort()), attributes(body)));
            }
            if (transforms.size() != count) {
                throw Refusal.syntax("proposal says " + count + " transforms and has " + transforms.size());
            }
            proposals.add(new Proposal(number, protocol, spi, transforms));
        }
        return new Payload.Sa(proposals);
    }

    private static List<Attribute> attributes(ByteBuffer in) throws Refusal {
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

    /** Bodies of a chain of substructures that fills the buffer; each is at least eight bytes with its header. */
    private static List<ByteBuffer> items(ByteBuffer in, int more) throws Refusal {
        var bodies = new ArrayList<ByteBuffer>();
        boolean expected = in.hasRemaining();
        while (expected) {
            PayloadCodec.need(in, HEADER, "substructure");
            int start = in.position();
            int next = Byte.toUnsignedInt(in.get(start));
            int length = Short.toUnsignedInt(in.getShort(start + 2));
            if (length < HEADER || length > in.remaining()) {
                throw Refusal.syntax("substructure of length " + length + " where " + in.remaining() + " bytes are left");
            }
            if (next != 0 && next != more || bodies.size() == MAX_ITEMS) {
                throw Refusal.syntax("substructure " + next + " where 0 or " + more + " is expected");
            }
            bodies.add(in.slice(start + 4, length - 4));
            in.position(start + length);
            expected = next == more;
        }
        if (in.hasRemaining()) {
            throw Refusal.syntax(in.remaining() + " bytes after the last substructure");
        }
        return bodies;
    }

    static void encode(Payload.Sa sa, ByteBuffer out) {
        for (int i = 0; i < sa.proposals().size(); i++) {
            Proposal proposal = sa.proposals().get(i);
            int start = begin(i + 1 < sa.proposals().size() ? MORE_PROPOSALS : 0, out);
            out.put((byte) proposal.number()).put((byte) proposal.protocol()).put((byte) proposal.spi().length())
                    .put((byte) proposal.transforms().size());
            proposal.spi().writeTo(out);
            for (int t = 0; t < proposal.transforms().size(); t++) {
                encode(proposal.transforms().get(t), t + 1 < proposal.transforms().size(), out);
            }
            end(start, out);
        }
    }

    private static void encode(Transform transform, boolean more, ByteBuffer out) {
        int start = begin(more ? MORE_TRANSFORMS : 0, out);
        out.put((byte) transform.type()).put((byte) 0).putShort((short) transform.id());
        for (Attribute attribute : transform.attributes()) {
            out.putShort((short) (attribute.basic() ? attribute.type() | BASIC : attribute.type()));
            if (!attribute.basic()) {
                out.putShort((short) attribute.value().length());
            }
            attribute.value().writeTo(out);
        }
        end(start, out);
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
