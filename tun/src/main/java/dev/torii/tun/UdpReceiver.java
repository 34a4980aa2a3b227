package dev.torii.tun;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * Receives datagrams of a UDP socket that somebody else owns, with recvmmsg(2): many a call, each with the traffic class it came with (IP_RECVTOS). What the
 * kernel has merged (UDP_GRO, udp(7)) is taken apart. It has a descriptor of its own for the socket. For one thread.
 */
public final class UdpReceiver implements AutoCloseable {
    private static final int MESSAGES = 16;
    private static final int LONGEST = 65536;
    private static final int MMSGHDR = 64;
    private static final int IOVEC = 16;
    private static final int SOCKADDR = 28;
    private static final int NAMES = MESSAGES * (MMSGHDR + IOVEC);
    private static final int NAME = 32;                     // a sockaddr and alignment
    private static final int CONTROLS = NAMES + MESSAGES * NAME;
    private static final int CONTROL = 96;                  // a traffic class and a segment size
    private static final int CMSGHDR = 16;
    private static final int HEADERS = CONTROLS + MESSAGES * CONTROL;

    private int fd;
    private final Datagrams datagrams;
    private final boolean merging;
    private final Scratch headers = new Scratch(HEADERS);
    private final Scratch data = new Scratch(MESSAGES * LONGEST);
    private final ByteBuffer datagram = ByteBuffer.allocate(LONGEST);
    private int message;                                    // whose datagram is being handed over
    private int trafficClass;                               // of that message
    private int segment;

    /** Takes datagrams. */
    @FunctionalInterface
    public interface Datagrams {
        /**
         * One datagram, from position to limit of a heap buffer that is the taker's until it returns. Where it came from: {@link UdpReceiver#sender}.
         *
         * @param trafficClass DSCP and ECN of its IP header, or of the last of its fragments to arrive
         */
        void received(ByteBuffer payload, int trafficClass);
    }

    /**
     * Asks for what it needs on somebody's socket.
     *
     * @param mayMerge whether the kernel may merge datagrams, if it can
     */
    public UdpReceiver(int socket, boolean mayMerge, Datagrams datagrams) throws ErrnoException {
        this.datagrams = datagrams;
        fd = LibC.dup(socket);
        if (fd < 0) throw new ErrnoException("duplicate a socket's descriptor", LibC.errno());
        var yes = new Scratch(Integer.BYTES);
        yes.bytes.putInt(0, 1);
        // each is refused by some kernels on sockets of the other family
        LibC.setsockopt(fd, LibC.IPPROTO_IP, LibC.IP_RECVTOS, yes.address, Integer.BYTES);
        LibC.setsockopt(fd, LibC.IPPROTO_IPV6, LibC.IPV6_RECVTCLASS, yes.address, Integer.BYTES);
        merging = mayMerge && LibC.setsockopt(fd, LibC.SOL_UDP, LibC.UDP_GRO, yes.address, Integer.BYTES) == 0;
        for (int i = 0; i < MESSAGES; i++) {
            int header = i * MMSGHDR;
            int iovec = MESSAGES * MMSGHDR + i * IOVEC;
            headers.bytes.putLong(header, headers.address + NAMES + (long) i * NAME)                // msg_name
                    .putLong(header + 16, headers.address + iovec).putLong(header + 24, 1)          // msg_iov, msg_iovlen
                    .putLong(header + 32, headers.address + CONTROLS + (long) i * CONTROL)          // msg_control
                    .putLong(iovec, data.address + (long) i * LONGEST).putLong(iovec + 8, LONGEST);
        }
    }

    /** To wait on. */
    public int descriptor() {
        return fd;
    }

    /** Gives the descriptor back; the socket stays as it is. */
    @Override
    public void close() {
        if (fd >= 0) LibC.close(fd);
        fd = -1;
    }

    /** Whether the kernel merges datagrams of one sender and one length; otherwise receiving is slower. */
    public boolean merging() {
        return merging;
    }

    /** Hands over what waits, up to 16 messages of one or, merged, many datagrams each; returns whether there may be more. Never waits. */
    public boolean receive() {
        // msg_namelen, msg_controllen
        for (int i = 0; i < MESSAGES; i++) headers.bytes.putInt(i * MMSGHDR + 8, SOCKADDR).putLong(i * MMSGHDR + 40, CONTROL);
        int count;
        do {
            count = LibC.recvmmsg(fd, headers.address, MESSAGES, LibC.MSG_DONTWAIT, 0);
        } while (count < 0 && LibC.errno() == Errno.EINTR);
        for (message = 0; message < count; message++) handOver();
        return count == MESSAGES;
    }

    private void handOver() {
        int octets = headers.bytes.getInt(message * MMSGHDR + 56);                                  // msg_len
        readControl();
        int step = segment > 0 ? segment : Math.max(1, octets);
        for (int at = 0; at < octets || at == 0; at += step) {
            int length = Math.min(step, octets - at);
            data.bytes.get(message * LONGEST + at, datagram.array(), 0, length);
            datagrams.received(datagram.clear().limit(length), trafficClass);
        }
    }

    /** The traffic class and the length of all datagrams but the last, if there are several. */
    private void readControl() {
        trafficClass = 0;
        segment = 0;
        int at = CONTROLS + message * CONTROL;
        long end = at + headers.bytes.getLong(message * MMSGHDR + 40);
        while (at + CMSGHDR <= end) {
            long length = headers.bytes.getLong(at);
            int level = headers.bytes.getInt(at + 8);
            int type = headers.bytes.getInt(at + 12);
            if (length < CMSGHDR || at + length > end) return;
            if (level == LibC.IPPROTO_IP && type == LibC.IP_TOS) trafficClass = headers.bytes.get(at + CMSGHDR) & 0xFF;
            else if (level == LibC.IPPROTO_IPV6 && type == LibC.IPV6_TCLASS) trafficClass = headers.bytes.getInt(at + CMSGHDR) & 0xFF;
            else if (level == LibC.SOL_UDP && type == LibC.UDP_GRO) segment = headers.bytes.getInt(at + CMSGHDR) & 0xFFFF;
            at += (int) (length + 7 & ~7L);
        }
    }

    /** Who sent the datagram that is being handed over. */
    public InetSocketAddress sender() {
        int name = NAMES + message * NAME;
        boolean v6 = headers.bytes.getShort(name) == LibC.AF_INET6;
        byte[] address = new byte[v6 ? 16 : 4];
        headers.bytes.get(name + (v6 ? 8 : 4), address);
        int port = (headers.bytes.get(name + 2) & 0xFF) << 8 | headers.bytes.get(name + 3) & 0xFF;
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);           // four or sixteen octets are always an address
        }
    }
}
