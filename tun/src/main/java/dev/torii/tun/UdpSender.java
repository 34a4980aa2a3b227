package dev.torii.tun;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Sends batches of datagrams on a UDP socket that somebody else owns, with sendmmsg(2). For one thread.
 *
 * <p>The batch lies end to end in memory. A run of datagrams of one length, the last of which may be shorter, is one message that the kernel, or the device,
 * segments (UDP_SEGMENT, udp(7)): it passes the UDP and IP layers once. Where that is refused each datagram is a message of its own.
 *
 * <p>Nothing is thrown and nothing waits: what the kernel does not take is dropped and counted.
 */
public final class UdpSender {
    private static final int MESSAGES = 64;
    /** The kernel's limit of datagrams a message (UDP_MAX_SEGMENTS; newer kernels take more). */
    private static final int SEGMENTS = 64;
    /** The longest UDP payload over IPv4, of one datagram and of a message alike. */
    private static final int LONGEST = 65507;
    private static final int DATA = 256 * 1024;
    private static final int MMSGHDR = 64;
    private static final int IOVEC = 16;
    private static final int SEGMENT_CONTROL = 24;          // a cmsghdr of 16, 2 octets of segment size, alignment
    private static final int SEGMENT_CONTROL_LENGTH = 18;
    private static final int CLASS_CONTROL = 24;            // before it: a cmsghdr of 16, an int, alignment
    private static final int CLASS_CONTROL_LENGTH = 20;
    private static final int CONTROL = CLASS_CONTROL + SEGMENT_CONTROL;
    private static final int SOCKADDR = 28;                 // sockaddr_in6; a sockaddr_in is 16
    private static final int SLOTS = MESSAGES + SEGMENTS;   // the second part: one message again, datagram by datagram
    private static final int IOVECS = SLOTS * MMSGHDR;
    private static final int CONTROLS = IOVECS + SLOTS * IOVEC;
    private static final int NAME = CONTROLS + SLOTS * CONTROL;
    private static final int HEADERS = NAME + SOCKADDR;

    private final int fd;
    private final Scratch headers = new Scratch(HEADERS);
    private final Scratch data = new Scratch(DATA);
    private final int[] offset = new int[SLOTS];            // of a message in data
    private final int[] length = new int[SLOTS];            // of a message
    private final int[] segment = new int[SLOTS];           // of all its datagrams but the last
    private final int[] datagramsOf = new int[SLOTS];
    private @Nullable InetSocketAddress destination;
    private int trafficClass;                               // of the batch

    // One writing thread, stored once a batch.
    private volatile boolean segmenting;
    private volatile long sent;
    private volatile long sentBytes;
    private volatile long full;
    private volatile long tooBig;
    private volatile long refused;
    private volatile long errors;

    /**
     * What became of the datagrams so far.
     *
     * @param sent taken by the kernel
     * @param sentBytes their octets, UDP payload only
     * @param full dropped because the socket's or the device's queue was full (EAGAIN, ENOBUFS)
     * @param tooBig dropped because they exceed the path's MTU and may not be fragmented (EMSGSIZE)
     * @param refused ICMP errors about earlier datagrams that the kernel reported on sending (ECONNREFUSED); nothing was dropped for them
     * @param errors dropped for any other reason, such as no route
     */
    public record Counters(long sent, long sentBytes, long full, long tooBig, long refused, long errors) {}

    /**
     * @param fd a UDP socket; IPv6 sockets that are not IPv6-only take IPv4 destinations too. It stays open as long as the sender is used, and its owner
     *     closes it
     */
    public UdpSender(int fd) {
        this.fd = fd;
        for (int i = 0; i < SLOTS; i++) {
            int header = i * MMSGHDR;
            int control = CONTROLS + i * CONTROL;
            headers.bytes.putLong(header, headers.address + NAME);                              // msg_name
            headers.bytes.putLong(header + 16, headers.address + IOVECS + (long) i * IOVEC);    // msg_iov
            headers.bytes.putLong(header + 24, 1);                                              // msg_iovlen
            headers.bytes.putLong(control, CLASS_CONTROL_LENGTH);
            int size = control + CLASS_CONTROL;
            headers.bytes.putLong(size, SEGMENT_CONTROL_LENGTH).putInt(size + 8, LibC.SOL_UDP).putInt(size + 12, LibC.UDP_SEGMENT);
        }
        var none = new Scratch(Integer.BYTES);              // 0: the socket's default stays "do not segment"
        segmenting = LibC.setsockopt(fd, LibC.SOL_UDP, LibC.UDP_SEGMENT, none.address, Integer.BYTES) == 0;
    }

    /** Whether runs of datagrams leave as one message. False from the start or from some time on: the kernel refused; may be called by any thread. */
    public boolean segmenting() {
        return segmenting;
    }

    /**
     * Sends the first {@code count} datagrams, each between its buffer's position and limit, which stay as they are, to one destination.
     *
     * @param trafficClass DSCP and ECN for all of them, 0 to 255; 0 is what the socket has of itself
     */
    public void send(ByteBuffer[] datagrams, int count, InetSocketAddress to, int trafficClass) {
        this.trafficClass = trafficClass;
        if (!to.equals(destination)) address(to);
        int last = -1;                                      // the message that grows
        int end = 0;
        for (int i = 0; i < count; i++) {
            ByteBuffer datagram = datagrams[i];
            int octets = datagram.remaining();
            if (octets > LONGEST) {
                tooBig = tooBig + 1;
                continue;
            }
            boolean joins = last >= 0 && joins(last, octets);
            if (!joins && last + 1 == MESSAGES || end + octets > DATA) {
                flush(0, last + 1);
                last = -1;
                end = 0;
                joins = false;
            }
            data.bytes.put(end, datagram, datagram.position(), octets);
            if (joins) {
                length[last] += octets;
                datagramsOf[last]++;
            } else {
                begin(++last, end, octets);
            }
            end += octets;
        }
        if (last >= 0) flush(0, last + 1);
    }

    /** What became of the datagrams so far; may be called by any thread. */
    public Counters counters() {
        return new Counters(sent, sentBytes, full, tooBig, refused, errors);
    }

    private void begin(int message, int at, int octets) {
        offset[message] = at;
        length[message] = octets;
        segment[message] = octets;
        datagramsOf[message] = 1;
    }

    /** An empty datagram would vanish in a message, and nothing can follow a datagram shorter than the others. */
    private boolean joins(int message, int octets) {
        return segmenting && octets > 0 && octets <= segment[message] && datagramsOf[message] < SEGMENTS
                && length[message] == segment[message] * datagramsOf[message] && length[message] + octets <= LONGEST;
    }

    private void flush(int from, int to) {
        for (int i = from; i < to; i++) {
            headers.bytes.putLong(IOVECS + i * IOVEC, data.address + offset[i]).putLong(IOVECS + i * IOVEC + 8, length[i]);
            int control = CONTROLS + i * CONTROL;
            int first = trafficClass == 0 ? CLASS_CONTROL : 0;
            int end = CLASS_CONTROL;
            if (trafficClass != 0) headers.bytes.putInt(control + 16, trafficClass);
            if (datagramsOf[i] > 1) {
                headers.bytes.putShort(control + CLASS_CONTROL + 16, (short) segment[i]);
                end += SEGMENT_CONTROL_LENGTH;
            }
            // msg_control, msg_controllen
            headers.bytes.putLong(i * MMSGHDR + 32, headers.address + control + first).putLong(i * MMSGHDR + 40, end - first);
        }
        int at = from;
        boolean retried = false;
        while (at < to) {
            int taken = LibC.sendmmsg(fd, headers.address + (long) at * MMSGHDR, to - at, LibC.MSG_DONTWAIT);
            if (taken > 0) {
                count(at, at + taken);
                at += taken;
                retried = false;
                continue;
            }
            int errno = LibC.errno();
            if (datagramsOf[at] > 1 && refusesSegmentation(errno)) {
                separately(at++);
                continue;
            }
            switch (errno) {
                case Errno.EINTR -> { }
                case Errno.EAGAIN -> {          // no room for this one, so none for those behind it
                    for (; at < to; at++) full = full + datagramsOf[at];
                }
                case Errno.ENOBUFS -> full = full + datagramsOf[at++];
                case Errno.EMSGSIZE -> tooBig = tooBig + datagramsOf[at++];
                case Errno.ECONNREFUSED -> {    // about an earlier datagram; this one has not been tried yet
                    if (retried) errors = errors + datagramsOf[at++];
                    else refused = refused + 1;
                    retried = !retried;
                }
                default -> errors = errors + datagramsOf[at++];
            }
        }
    }

    /**
     * EIO: the device cannot do checksums, and will not learn it. EINVAL, EMSGSIZE: the datagrams are longer than the path's MTU, which is no reason
     * against segmenting shorter ones.
     */
    private boolean refusesSegmentation(int errno) {
        if (errno == Errno.EIO) segmenting = false;
        return errno == Errno.EIO || errno == Errno.EINVAL || errno == Errno.EMSGSIZE;
    }

    private void separately(int message) {
        int end = offset[message] + length[message];
        int slot = MESSAGES;
        for (int at = offset[message]; at < end; at += segment[message]) begin(slot++, at, Math.min(segment[message], end - at));
        flush(MESSAGES, slot);
    }

    private void count(int from, int to) {
        int datagrams = 0;
        long octets = 0;
        for (int i = from; i < to; i++) {
            datagrams += datagramsOf[i];
            octets += length[i];
        }
        sent = sent + datagrams;
        sentBytes = sentBytes + octets;
    }

    /** Writes a sockaddr_in or sockaddr_in6 and points every message at it. */
    private void address(InetSocketAddress to) {
        InetAddress host = to.getAddress();
        if (host == null) throw new IllegalArgumentException("unresolved: " + to);
        byte[] octets = host.getAddress();
        boolean v6 = octets.length == 16;
        ByteBuffer name = headers.bytes.slice(NAME, SOCKADDR).order(ByteOrder.nativeOrder());
        name.putShort((short) (v6 ? LibC.AF_INET6 : LibC.AF_INET));
        name.order(ByteOrder.BIG_ENDIAN).putShort((short) to.getPort());
        if (v6) name.putInt(0);
        name.put(octets);
        while (name.hasRemaining()) name.put((byte) 0);
        if (v6 && host instanceof Inet6Address scoped)
            headers.bytes.putInt(NAME + 24, scoped.getScopeId());
        int nameLength = v6 ? SOCKADDR : 16;
        for (int i = 0; i < SLOTS; i++) {
            headers.bytes.putInt(i * MMSGHDR + 8, nameLength);
            int control = CONTROLS + i * CONTROL;
            headers.bytes.putInt(control + 8, v6 ? LibC.IPPROTO_IPV6 : LibC.IPPROTO_IP).putInt(control + 12, v6 ? LibC.IPV6_TCLASS : LibC.IP_TOS);
        }
        destination = to;
    }
}
