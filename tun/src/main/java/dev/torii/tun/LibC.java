package dev.torii.tun;

import com.sun.jna.Native;
import com.sun.jna.Platform;

/**
 * The C library's functions that Java lacks: all natives of Torii, direct-mapped, in one place.
 *
 * <p>Pointers and {@code size_t} are passed as {@code long}, which JNA hands over without an object; so this is for 64-bit Linux only. The error number
 * of a call that failed is {@link #errno()}, on the same thread, before the next call.
 */
final class LibC {
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = O_CLOEXEC;
    static final int SOL_SOCKET = 1;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int SOL_NETLINK = 270;
    static final int NETLINK_EXT_ACK = 11;
    static final int IPPROTO_IP = 0;
    static final int IP_TOS = 1;
    static final int IP_RECVTOS = 13;
    static final int IP_MTU = 14;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_MTU = 24;
    static final int IPV6_RECVTCLASS = 66;
    static final int IPV6_TCLASS = 67;
    static final int SOL_UDP = 17;
    /** Segment what one send carries into datagrams of that size (udp(7)). */
    static final int UDP_SEGMENT = 103;
    /** Merge what arrives, and say of what size the parts were. */
    static final int UDP_GRO = 104;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;

    static final short POLLIN = 1;
    static final int EPOLL_CLOEXEC = O_CLOEXEC;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;
    static final int EPOLLIN = 1;
    static final int EPOLLERR = 8;
    static final int EPOLLHUP = 0x10;
    static final int EFD_NONBLOCK = O_NONBLOCK;
    static final int EFD_CLOEXEC = O_CLOEXEC;

    /** _IOW('T', 202, int). */
    static final long TUNSETIFF = 0x400454caL;
    static final int IFF_TUN = 0x0001;
    static final int IFF_NO_PI = 0x1000;
    /** Every frame begins with a struct virtio_net_hdr. */
    static final int IFF_VNET_HDR = 0x4000;
    /** Fail where an interface of that name exists, even an idle persistent TUN. */
    static final int IFF_TUN_EXCL = 0x8000;

    /** _IOW('T', 208, unsigned int): what we can take over from the sender, as the argument itself. */
    static final long TUNSETOFFLOAD = 0x400454d0L;
    /** Checksums; super-packets of TCP over IPv4 and IPv6, those that answer congestion (ECN) too. */
    static final int TUN_F_CSUM_TSO = 0x0f;
    /** Super-packets of UDP, IPv4 and IPv6 (Linux 6.2). */
    static final int TUN_F_USO = 0x60;

    private static final String LIBRARY_PATH = "jna.platform.library.path";

    static {
        if (!Platform.isLinux() || Native.POINTER_SIZE != 8) throw new UnsatisfiedLinkError("Torii's tun module needs 64-bit Linux");
        // Only the C library is wanted, which needs no search path: unset, JNA would start ldconfig to find one.
        if (System.getProperty(LIBRARY_PATH) == null) System.setProperty(LIBRARY_PATH, "");
        Native.register(LibC.class, Platform.C_LIBRARY_NAME);
    }

    private LibC() {}

    static int errno() {
        return Native.getLastError();
    }

    static native int open(String path, int flags);

    static native int close(int fd);

    static native int ioctl(int fd, long request, long argument);

    static native long read(int fd, long buffer, long length);

    static native long write(int fd, long buffer, long length);

    static native int poll(long pollFds, long count, int millis);

    static native int epoll_create1(int flags);

    static native int epoll_ctl(int epoll, int operation, int fd, long event);

    static native int epoll_wait(int epoll, long events, int most, int millis);

    static native int eventfd(int initial, int flags);

    static native int socket(int domain, int type, int protocol);

    static native int bind(int fd, long address, int addressLength);

    static native int connect(int fd, long address, int addressLength);

    static native int getsockopt(int fd, int level, int option, long value, long valueLength);

    static native int setsockopt(int fd, int level, int option, long value, int valueLength);

    static native long sendto(int fd, long buffer, long length, int flags, long address, int addressLength);

    static native long recv(int fd, long buffer, long length, int flags);

    static native int recvmmsg(int fd, long messages, int count, int flags, long timeout);

    static native int dup(int fd);

    static native int sendmmsg(int fd, long messages, int count, int flags);

    static native String strerror(int errno);
}
