package dev.torii.tun;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.OptionalInt;

/**
 * The MTU of the way to an address as the kernel knows it: of the route, or less where ICMP has told of a narrower link (RFC 1191, RFC 8201). The kernel looks
 * for the socket that an ICMP error is about, so only an error that quotes a packet of ours, by addresses and ports, counts; it forgets after ten minutes. For
 * one thread.
 */
public final class PathMtu {
    private static final int DISCARD = 9;                   // connecting a UDP socket sends nothing

    private final Scratch name = new Scratch(28);
    private final Scratch answer = new Scratch(2 * Integer.BYTES);

    /** In bytes, IP header included; empty where there is no way, or no such address of ours. */
    public OptionalInt of(InetAddress local, InetAddress remote) {
        boolean v6 = remote instanceof Inet6Address;
        int fd = LibC.socket(v6 ? LibC.AF_INET6 : LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        if (fd < 0) return OptionalInt.empty();
        try {
            if (LibC.bind(fd, name.address, write(local, 0)) != 0 || LibC.connect(fd, name.address, write(remote, DISCARD)) != 0) return OptionalInt.empty();
            answer.bytes.putInt(Integer.BYTES, Integer.BYTES);
            int refused = v6 ? LibC.getsockopt(fd, LibC.IPPROTO_IPV6, LibC.IPV6_MTU, answer.address, answer.address + Integer.BYTES)
                    : LibC.getsockopt(fd, LibC.IPPROTO_IP, LibC.IP_MTU, answer.address, answer.address + Integer.BYTES);
            return refused != 0 ? OptionalInt.empty() : OptionalInt.of(answer.bytes.getInt(0));
        } finally {
            LibC.close(fd);
        }
    }

    /** A sockaddr_in or sockaddr_in6, and its length. */
    private int write(InetAddress host, int port) {
        byte[] octets = host.getAddress();
        boolean v6 = octets.length == 16;
        for (int i = 0; i < name.bytes.capacity(); i++) name.bytes.put(i, (byte) 0);
        name.bytes.putShort(0, (short) (v6 ? LibC.AF_INET6 : LibC.AF_INET)).put(2, (byte) (port >>> 8)).put(3, (byte) port).put(v6 ? 8 : 4, octets);
        if (host instanceof Inet6Address scoped) name.bytes.putInt(24, scoped.getScopeId());
        return v6 ? 28 : 16;
    }
}
