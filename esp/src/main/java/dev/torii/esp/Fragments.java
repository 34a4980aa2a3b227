package dev.torii.esp;

import java.nio.ByteBuffer;

/** Cuts IPv4 packets into fragments (RFC 791, section 3.2), one packet at a time. Reused by one owner: cutting allocates nothing. */
final class Fragments {
    private static final int IPV4_BYTES = 20;
    private static final int LENGTH_AT = 2;
    private static final int FRAGMENT_AT = 6;
    private static final int CHECKSUM_AT = 10;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int OFFSET = 0x1FFF;
    private static final int UNIT = 8;
    private static final int COPIED = 0x80;
    private static final int END_OF_OPTIONS = 0;
    private static final int NO_OPERATION = 1;

    private ByteBuffer packet = ByteBuffer.allocate(0);
    private int mtu;
    private int start;                                              // of the packet
    private int headerBytes;
    private int at;                                                 // the next octet to give out
    private int end;

    /** Begins with the packet at the position of {@code whole}, which must not be changed before its last fragment is out. */
    void begin(ByteBuffer whole, int totalBytes, int mtuBytes) {
        packet = whole;
        mtu = mtuBytes;
        start = whole.position();
        headerBytes = (whole.get(start) & 0xF) * 4;
        at = start + headerBytes;
        end = start + totalBytes;
    }

    boolean hasNext() {
        return at < end;
    }

    /** Fills the buffer with the next fragment, from index 0 to its limit. */
    void next(ByteBuffer fragment) {
        int payload = start + headerBytes;
        fragment.clear().put(0, packet, start, headerBytes);
        int header = at == payload ? headerBytes : withoutOptionsOfTheFirst(fragment);
        int room = Math.max(UNIT, (mtu - header) / UNIT * UNIT);
        int bytes = end - at <= mtu - header ? end - at : room;
        int field = packet.getShort(start + FRAGMENT_AT) & 0xFFFF;
        int offset = (field & OFFSET) + (at - payload) / UNIT;
        boolean more = at + bytes < end || (field & MORE_FRAGMENTS) != 0;
        fragment.put(header, packet, at, bytes).limit(header + bytes)
                .put(0, (byte) (0x40 | header / 4))
                .putShort(LENGTH_AT, (short) (header + bytes))
                .putShort(FRAGMENT_AT, (short) (offset | (more ? MORE_FRAGMENTS : 0)))
                .putShort(CHECKSUM_AT, (short) 0);
        fragment.putShort(CHECKSUM_AT, Checksum.finish(Checksum.sum(fragment, 0, header)));
        at += bytes;
    }

    /** Leaves only those options that every fragment has (RFC 791, section 3.1); a broken list ends where it breaks. */
    private int withoutOptionsOfTheFirst(ByteBuffer fragment) {
        int to = IPV4_BYTES;
        int option = start + IPV4_BYTES;
        int optionsEnd = start + headerBytes;
        while (option < optionsEnd && packet.get(option) != END_OF_OPTIONS) {
            int kind = packet.get(option) & 0xFF;
            int bytes = kind == NO_OPERATION ? 1 : option + 1 < optionsEnd ? packet.get(option + 1) & 0xFF : 0;
            if (bytes == 0 || kind != NO_OPERATION && bytes < 2 || option + bytes > optionsEnd) break;
            if ((kind & COPIED) != 0) {
                fragment.put(to, packet, option, bytes);
                to += bytes;
            }
            option += bytes;
        }
        while (to % 4 != 0) fragment.put(to++, (byte) END_OF_OPTIONS);
        return to;
    }
}
