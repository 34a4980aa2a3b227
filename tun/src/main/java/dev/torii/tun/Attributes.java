package dev.torii.tun;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Attributes of rtnetlink (struct rtattr, rtnetlink(7)): length, type, value, padded to 4 octets; in the host's byte order. */
final class Attributes {
    private static final int HEADER = 4;
    /** NLA_F_NESTED and NLA_F_NET_BYTEORDER say how to read the value, not what it is. */
    private static final int TYPE_MASK = 0x3FFF;

    private Attributes() {}

    static int align(int length) {
        return length + 3 & ~3;
    }

    /** Starts an attribute whose value the caller writes next; the result goes to {@link #end}. */
    static int begin(ByteBuffer out, int type) {
        int start = out.position();
        out.putShort((short) 0).putShort((short) type);
        return start;
    }

    static void end(ByteBuffer out, int start) {
        out.putShort(start, (short) (out.position() - start));
        pad(out);
    }

    static void put(ByteBuffer out, int type, byte[] value) {
        int start = begin(out, type);
        out.put(value);
        end(out, start);
    }

    static void putInt(ByteBuffer out, int type, int value) {
        int start = begin(out, type);
        out.putInt(value);
        end(out, start);
    }

    static void pad(ByteBuffer out) {
        while ((out.position() & 3) != 0) out.put((byte) 0);
    }

    /** The attributes from here to the limit, each a view of its value; of two with the same type the last. */
    static Map<Integer, ByteBuffer> read(ByteBuffer in) throws MalformedNetlinkException {
        var found = new HashMap<Integer, ByteBuffer>();
        while (in.remaining() >= HEADER) {
            int start = in.position();
            int length = Short.toUnsignedInt(in.getShort());
            int type = in.getShort() & TYPE_MASK;
            if (length < HEADER || start + length > in.limit()) throw new MalformedNetlinkException("attribute " + type + " of length " + length);
            found.put(type, view(in, start + HEADER, length - HEADER));
            in.position(Math.min(start + align(length), in.limit()));
        }
        return found;
    }

    /** A part of a message, with its byte order, which {@link ByteBuffer#slice} forgets. */
    static ByteBuffer view(ByteBuffer in, int from, int length) {
        return in.slice(from, length).order(in.order());
    }

    static int readInt(ByteBuffer value) throws MalformedNetlinkException {
        if (value.remaining() < Integer.BYTES) throw new MalformedNetlinkException("a number of " + value.remaining() + " octets");
        return value.getInt(value.position());
    }

    /** A text up to its terminating zero. */
    static String readText(ByteBuffer value) {
        byte[] octets = new byte[value.remaining()];
        value.get(value.position(), octets);
        int end = 0;
        while (end < octets.length && octets[end] != 0) end++;
        return new String(octets, 0, end, StandardCharsets.UTF_8);
    }
}
