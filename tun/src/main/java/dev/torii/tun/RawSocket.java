package dev.torii.tun;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A socket for one IP protocol without ports (raw(7), needs CAP_NET_RAW). The kernel makes the IP header on sending, for which {@link UdpSender} takes the
 * {@link #descriptor}; what is received has been put together if it came in fragments. While the socket is open the kernel answers the protocol with no
 * ICMP error for its address. Reading is for one thread, and neither throws nor waits.
 */
public final class RawSocket implements AutoCloseable {
    /** ESP (RFC 4303). */
    public static final int ESP = 50;
    private static final int SOCKADDR = 28;                 // sockaddr_in6; a sockaddr_in is 16
    private static final int LONGEST_HEADER = 60;           // of IPv4, with options
    private static final int BATCH = 64;
    private static final int MMSGHDR = 64;
    private static final int MMSGHDR_CONTROL_LENGTH = 40;
    private static final int MMSGHDR_FLAGS = 48;
    private static final int MMSGHDR_LENGTH = 56;
    private static final int IOVEC = 16;
    private static final int CMSGHDR = 16;
    private static final int CONTROL = CMSGHDR + 8;         // an int, aligned: the traffic class is all that is asked for
    private static final int CONTROLS = BATCH * (MMSGHDR + IOVEC);

    private final int fd;
    private final boolean withHeader;                       // IPv4 leaves it on what is received
    private final int slot;
    private final Scratch headers = new Scratch(CONTROLS + BATCH * CONTROL);
    private final Scratch data;
    private boolean closed;

    private RawSocket(int fd, boolean withHeader, int largest) {
        this.fd = fd;
        this.withHeader = withHeader;
        this.slot = largest + LONGEST_HEADER;
        this.data = new Scratch(BATCH * slot);
        for (int i = 0; i < BATCH; i++) {
            int iovec = BATCH * MMSGHDR + i * IOVEC;
            headers.bytes.putLong(i * MMSGHDR + 16, headers.address + iovec).putLong(i * MMSGHDR + 24, 1)       // msg_iov, msg_iovlen
                    .putLong(i * MMSGHDR + 32, headers.address + CONTROLS + (long) i * CONTROL);                // msg_control
            headers.bytes.putLong(iovec, data.address + (long) i * slot).putLong(iovec + 8, slot);
        }
    }

    /**
     * Opens a socket that takes what is sent to {@code local} only, and sends from there.
     *
     * @param largest what may be received, in bytes without the IP header; longer packets are dropped
     * @param buffer for what waits to be read and to be sent, in bytes, beyond the host's limits where that is allowed
     */
    public static RawSocket open(InetAddress local, int protocol, int largest, int buffer) throws IOException {
        byte[] octets = local.getAddress();
        boolean v6 = octets.length == 16;
        int fd = LibC.socket(v6 ? LibC.AF_INET6 : LibC.AF_INET, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC | LibC.O_NONBLOCK, protocol);
        if (fd < 0) {
            int errno = LibC.errno();
            if (errno == Errno.EPERM) throw new IOException("open a socket for IP protocol " + protocol + ": needs root or CAP_NET_RAW");
            throw new ErrnoException("open a socket for IP protocol " + protocol, errno);
        }
        var scratch = new Scratch(SOCKADDR);
        ByteBuffer name = scratch.bytes;
        name.putShort((short) (v6 ? LibC.AF_INET6 : LibC.AF_INET)).order(ByteOrder.BIG_ENDIAN).putShort((short) 0);
        if (v6) name.putInt(0);
        name.put(octets);
        if (LibC.bind(fd, scratch.address, v6 ? SOCKADDR : 16) < 0) {
            var refused = new ErrnoException("bind a socket for IP protocol " + protocol + " to " + local.getHostAddress(), LibC.errno());
            LibC.close(fd);
            throw refused;
        }
        if (v6) {
            scratch.bytes.putInt(0, 1);
            LibC.setsockopt(fd, LibC.IPPROTO_IPV6, LibC.IPV6_RECVTCLASS, scratch.address, Integer.BYTES);
        }
        enlarge(fd, LibC.SO_RCVBUFFORCE, LibC.SO_RCVBUF, buffer);
        enlarge(fd, LibC.SO_SNDBUFFORCE, LibC.SO_SNDBUF, buffer);
        return new RawSocket(fd, !v6, largest);
    }

    private static void enlarge(int fd, int beyondLimits, int withinLimits, int buffer) {
        var value = new Scratch(Integer.BYTES);
        value.bytes.putInt(0, buffer);
        if (LibC.setsockopt(fd, LibC.SOL_SOCKET, beyondLimits, value.address, Integer.BYTES) < 0) {
            LibC.setsockopt(fd, LibC.SOL_SOCKET, withinLimits, value.address, Integer.BYTES);
        }
    }

    /** For sending, and for waiting until there is something to read. Valid until {@link #close}. */
    public int descriptor() {
        return fd;
    }

    /**
     * Reads what has come, with recvmmsg(2), at most as many packets as there are buffers: what is behind the IP header lies between each buffer's position,
     * which is 0, and its limit.
     *
     * @param trafficClasses gets the DSCP and ECN that each packet came with
     * @return the number of packets; 0: there were none
     */
    public int receive(ByteBuffer[] packets, int[] trafficClasses) {
        for (int i = 0; i < BATCH; i++) headers.bytes.putLong(i * MMSGHDR + MMSGHDR_CONTROL_LENGTH, CONTROL);
        int got = closed ? 0 : LibC.recvmmsg(fd, headers.address, Math.min(BATCH, packets.length), LibC.MSG_DONTWAIT, 0);
        int count = 0;
        for (int i = 0; i < got; i++) {
            int at = i * slot;
            int length = headers.bytes.getInt(i * MMSGHDR + MMSGHDR_LENGTH);
            int header = withHeader && length > 0 ? (data.bytes.get(at) & 0xF) * Integer.BYTES : 0;
            ByteBuffer packet = packets[count].clear();
            if ((headers.bytes.getInt(i * MMSGHDR + MMSGHDR_FLAGS) & LibC.MSG_TRUNC) != 0 || withHeader && length < 20 || header > length
                    || length - header > packet.capacity()) continue;
            packet.put(0, data.bytes, at + header, length - header).limit(length - header);
            trafficClasses[count++] = withHeader ? data.bytes.get(at + 1) & 0xFF : toldBesides(i);
        }
        return count;
    }

    /** The traffic class of an IPv6 packet, whose header the kernel keeps: in a control message. */
    private int toldBesides(int message) {
        int at = CONTROLS + message * CONTROL;
        boolean told = headers.bytes.getLong(message * MMSGHDR + MMSGHDR_CONTROL_LENGTH) >= CMSGHDR + Integer.BYTES
                && headers.bytes.getInt(at + 8) == LibC.IPPROTO_IPV6 && headers.bytes.getInt(at + 12) == LibC.IPV6_TCLASS;
        return told ? headers.bytes.getInt(at + CMSGHDR) & 0xFF : 0;
    }

    @Override
    public void close() {
        if (!closed) LibC.close(fd);
        closed = true;
    }
}
