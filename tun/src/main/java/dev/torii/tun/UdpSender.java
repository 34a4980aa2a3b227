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
 * <p>Nothing is thrown and nothing waits: what the kernel does not take is dropped and counted. The batch lies end to end in memory, as UDP_SEGMENT
 * will want it.
 */
public final class UdpSender {
    private static final int MESSAGES = 64;
    private static final int DATA = 256 * 1024;
    private static final int MMSGHDR = 64;
    private static final int IOVEC = 16;
    private static final int SOCKADDR = 28;                 // sockaddr_in6; a sockaddr_in is 16
    private static final int IOVECS = MESSAGES * MMSGHDR;
    private static final int NAME = IOVECS + MESSAGES * IOVEC;
    private static final int HEADERS = NAME + SOCKADDR;

    private final int fd;
    private final Scratch headers = new Scratch(HEADERS);
    private final Scratch data = new Scratch(DATA);
    private @Nullable InetSocketAddress destination;

    // One writing thread, stored once a batch.
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
        for (int i = 0; i < MESSAGES; i++) {
            int header = i * MMSGHDR;
            headers.bytes.putLong(header, headers.address + NAME);                              // msg_name
            headers.bytes.putLong(header + 16, headers.address + IOVECS + (long) i * IOVEC);    // msg_iov
            headers.bytes.putLong(header + 24, 1);                                              // msg_iovlen
        }
    }

    /** Sends the first {@code count} datagrams, each between its buffer's position and limit, which stay as they are, to one destination. */
    public void send(ByteBuffer[] datagrams, int count, InetSocketAddress to) {
        if (!to.equals(destination)) address(to);
        int messages = 0;
        int end = 0;
        for (int i = 0; i < count; i++) {
            ByteBuffer datagram = datagrams[i];
            int length = datagram.remaining();
            if (length > 65507) {
                tooBig = tooBig + 1;
                continue;
            }
            if (messages == MESSAGES || end + length > DATA) {
                flush(messages);
                messages = 0;
                end = 0;
            }
            data.bytes.put(end, datagram, datagram.position(), length);
            headers.bytes.putLong(IOVECS + messages * IOVEC, data.address + end);
            headers.bytes.putLong(IOVECS + messages * IOVEC + 8, length);
            end += length;
            messages++;
        }
        if (messages > 0) flush(messages);
    }

    /** What became of the datagrams so far; may be called by any thread. */
    public Counters counters() {
        return new Counters(sent, sentBytes, full, tooBig, refused, errors);
    }

    private void flush(int messages) {
        int at = 0;
        boolean retried = false;
        while (at < messages) {
            int taken = LibC.sendmmsg(fd, headers.address + (long) at * MMSGHDR, messages - at, LibC.MSG_DONTWAIT);
            if (taken > 0) {
                sent = sent + taken;
                sentBytes = sentBytes + length(at, at + taken);
                at += taken;
                retried = false;
                continue;
            }
            switch (LibC.errno()) {
                case Errno.EINTR -> { }
                case Errno.EAGAIN -> {          // no room for this one, so none for those behind it
                    full = full + (messages - at);
                    at = messages;
                }
                case Errno.ENOBUFS -> {
                    full = full + 1;
                    at++;
                }
                case Errno.EMSGSIZE -> {
                    tooBig = tooBig + 1;
                    at++;
                }
                case Errno.ECONNREFUSED -> {    // about an earlier datagram; this one has not been tried yet
                    if (retried) {
                        errors = errors + 1;
                        at++;
                    } else {
                        refused = refused + 1;
                    }
                    retried = !retried;
                }
                default -> {
                    errors = errors + 1;
                    at++;
                }
            }
        }
    }

    private long length(int from, int to) {
        long octets = 0;
        for (int i = from; i < to; i++) octets += headers.bytes.getLong(IOVECS + i * IOVEC + 8);
        return octets;
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
        for (int i = 0; i < MESSAGES; i++) headers.bytes.putInt(i * MMSGHDR + 8, nameLength);
        destination = to;
    }
}
