package dev.torii.esp;

import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * Tells the senders of packets that do not fit a tunnel what does: ICMP "fragmentation needed" (RFC 792, RFC 1191, section 4), ICMPv6 "packet too big"
 * (RFC 4443, section 3.2). The answer has the packet's destination as its source: the host would refuse one that comes out of the tunnel with an address of
 * its own. One thread owns it.
 */
final class TooBigAnswers {
    /** Answers to begin with, and a second: a flow needs one, and no flood is made of them (RFC 1812, section 4.3.2.8; RFC 4443, section 2.4 f). */
    static final int A_SECOND = 100;

    private static final long SECOND = 1_000_000_000L;
    private static final int IPV4_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int ICMP_BYTES = 8;
    private static final int MOST_IPV4 = 576;                       // RFC 1812, section 4.3.2.3
    private static final int MOST_IPV6 = 1280;                      // RFC 4443, section 2.4 c
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int TTL = 64;
    private static final int UNREACHABLE = 3;
    private static final int FRAGMENTATION_NEEDED = 4;
    private static final int PACKET_TOO_BIG = 2;
    private static final int FIRST_INFORMATIONAL_V6 = 128;
    private static final int FRAGMENT_OFFSET = 0x1FFF;

    private final PacketSink inside;
    private final LongSupplier clock;
    private final ByteBuffer answer = ByteBuffer.allocate(MOST_IPV6);
    private final ByteBuffer[] one = {answer};
    private int left = A_SECOND;
    private long since;

    /**
     * @param inside takes the answers, on the owner's thread
     * @param clock  the time, in clockeconds from anywhere
     */
    TooBigAnswers(PacketSink inside, LongSupplier clock) {
        this.inside = inside;
        this.clock = clock;
        this.since = clock.getAsLong();
    }

    /** Answers one packet that {@code header} was read from, unless nobody may be told about such a packet, or too many were a moment ago. */
    void tell(ByteBuffer packet, PacketHeader header, int mtu) {
        if (!mayBeToldOf(packet, header) || !allowed()) return;
        if (header.version() == 4) ipv4(packet, header.totalBytes(), mtu);
        else ipv6(packet, header.totalBytes(), mtu);
        inside.write(one, 1);
    }

    private boolean allowed() {
        long now = clock.getAsLong();
        if (now - since >= SECOND) {
            since = now;
            left = A_SECOND;
        }
        if (left == 0) return false;
        left--;
        return true;
    }

    /** RFC 1122, section 3.2.2; RFC 4443, section 2.4 e. */
    private static boolean mayBeToldOf(ByteBuffer packet, PacketHeader header) {
        int at = packet.position();
        int transport = header.transportAt();
        int type = transport == PacketHeader.NO_TRANSPORT || transport >= at + header.totalBytes() ? -1 : packet.get(transport) & 0xFF;
        if (header.version() == 4) {
            boolean later = (packet.getShort(at + 6) & FRAGMENT_OFFSET) != 0;
            return !later && isOneHost(header.sourceLow()) && isOneHost(header.destinationLow()) && (header.protocol() != ICMP || isQuery(type));
        }
        return isOneHostV6(header.sourceHigh(), header.sourceLow()) && isOneHostV6(header.destinationHigh(), header.destinationLow())
                && transport != PacketHeader.NO_TRANSPORT && (header.protocol() != ICMPV6 || type >= FIRST_INFORMATIONAL_V6);
    }

    /** Not "this network", loopback, multicast, nor the addresses above. */
    private static boolean isOneHost(long address) {
        int first = (int) (address >>> 24);
        return first != 0 && first != 127 && first < 224;
    }

    private static boolean isOneHostV6(long high, long low) {
        return high >>> 56 != 0xFF && (high != 0 || (low & ~1L) != 0);
    }

    /** Echo, timestamp, information and address mask, of which nobody needs a list that grows: errors are 3, 4, 5, 11 and 12. */
    private static boolean isQuery(int type) {
        return switch (type) {
            case 3, 4, 5, 11, 12, -1 -> false;
            default -> true;
        };
    }

    private void ipv4(ByteBuffer packet, int totalBytes, int mtu) {
        int at = packet.position();
        int quoted = Math.min(totalBytes, MOST_IPV4 - IPV4_BYTES - ICMP_BYTES);
        int length = IPV4_BYTES + ICMP_BYTES + quoted;
        answer.clear()
                .putShort((short) 0x45C0).putShort((short) length)          // internetwork control: RFC 1812, section 4.3.2.5
                .putInt(0)
                .put((byte) TTL).put((byte) ICMP).putShort((short) 0)
                .putInt(packet.getInt(at + 16)).putInt(packet.getInt(at + 12))
                .put((byte) UNREACHABLE).put((byte) FRAGMENTATION_NEEDED).putShort((short) 0)
                .putShort((short) 0).putShort((short) mtu)
                .put(answer.position(), packet, at, quoted).position(length).flip();
        answer.putShort(10, Checksum.finish(Checksum.sum(answer, 0, IPV4_BYTES)));
        answer.putShort(IPV4_BYTES + 2, Checksum.finish(Checksum.sum(answer, IPV4_BYTES, length)));
    }

    private void ipv6(ByteBuffer packet, int totalBytes, int mtu) {
        int at = packet.position();
        int quoted = Math.min(totalBytes, MOST_IPV6 - IPV6_BYTES - ICMP_BYTES);
        int length = IPV6_BYTES + ICMP_BYTES + quoted;
        answer.clear()
                .putInt(0x6000_0000).putShort((short) (ICMP_BYTES + quoted)).put((byte) ICMPV6).put((byte) TTL)
                .put(8, packet, at + 24, 16).put(24, packet, at + 8, 16).position(IPV6_BYTES);
        answer.put((byte) PACKET_TOO_BIG).put((byte) 0).putShort((short) 0).putInt(mtu)
                .put(answer.position(), packet, at, quoted).position(length).flip();
        long pseudo = Checksum.sum(answer, 8, IPV6_BYTES) + ICMP_BYTES + quoted + ICMPV6;
        answer.putShort(IPV6_BYTES + 2, Checksum.finish(pseudo + Checksum.sum(answer, IPV6_BYTES, length)));
    }
}
