package dev.torii.ike.v1;

import dev.torii.ike.Octets;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import dev.torii.ike.wire.PayloadType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A piece of a message, header and all, behind a header of its own: the vendor extension of Cisco, racoon, Libreswan and strongSwan.
 *
 * @param id the same in all fragments of a message, 0 to 65535
 * @param number from 1 to 255
 * @param last whether none follows
 */
record Fragment(int id, int number, boolean last, Octets data) {
    /** The sender understands fragments. Some peers append four bytes, whose highest bit says the same of Main Mode. */
    static final Octets VENDOR_ID = Octets.ofHex("4048b7d56ebce88525e7de7f00d6c2d3");
    /** How we say it: what strongSwan and racoon send, and Libreswan and Cisco accept. */
    static final Octets OUR_VENDOR_ID = Octets.concat(VENDOR_ID, Octets.ofInt(0x8000_0000));

    private static final int PAYLOAD_HEADER = 8;
    private static final int LAST = 1;

    /** Whether a vendor id says that fragments are understood. */
    static boolean understoodBy(Octets vendorId) {
        int length = VENDOR_ID.length();
        return vendorId.equals(VENDOR_ID)
                || vendorId.length() == OUR_VENDOR_ID.length() && vendorId.slice(0, length).equals(VENDOR_ID) && vendorId.at(length) < 0;
    }

    static Fragment decode(Octets datagram) throws MalformedMessageException {
        int length = datagram.length() - IkeHeader.BYTES;
        if (length <= PAYLOAD_HEADER) {
            throw new MalformedMessageException("fragment cut short: " + length + " bytes");
        }
        ByteBuffer in = datagram.asBuffer().position(IkeHeader.BYTES);
        int next = in.get();
        in.get();
        int says = Short.toUnsignedInt(in.getShort());
        if (next != PayloadType.NONE || says != length) {
            throw new MalformedMessageException("fragment of length " + says + " does not fill the message");
        }
        int id = Short.toUnsignedInt(in.getShort());
        int number = Byte.toUnsignedInt(in.get());
        boolean last = (in.get() & LAST) != 0;
        if (number == 0) {
            throw new MalformedMessageException("fragment 0");
        }
        return new Fragment(id, number, last, Octets.rest(in));
    }

    /** Cuts a message into datagrams of at most {@code largest} bytes. */
    static List<Octets> cut(Octets message, int id, int largest) throws MalformedMessageException {
        IkeHeader header = IkeHeader.peek(message);
        int room = largest - IkeHeader.BYTES - PAYLOAD_HEADER;
        int total = (message.length() + room - 1) / room;
        return IntStream.rangeClosed(1, total).mapToObj(number -> {
            int from = (number - 1) * room;
            return new Fragment(id, number, number == total, message.slice(from, Math.min(room, message.length() - from))).encode(header);
        }).toList();
    }

    private Octets encode(IkeHeader of) {
        int length = PAYLOAD_HEADER + data.length();
        var out = ByteBuffer.allocate(IkeHeader.BYTES + length);
        IkeHeader.v1(of.initiator(), of.responder(), of.exchange(), 0, of.messageId()).encode(PayloadType.FRAGMENT, out);
        out.putInt(out.position() - Integer.BYTES, out.capacity());
        out.put((byte) PayloadType.NONE).put((byte) 0).putShort((short) length).putShort((short) id).put((byte) number).put((byte) (last ? LAST : 0));
        data.writeTo(out);
        return Octets.rest(out.flip());
    }
}
