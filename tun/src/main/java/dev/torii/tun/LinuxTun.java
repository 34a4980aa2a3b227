package dev.torii.tun;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A TUN interface of the Linux kernel (Documentation/networking/tuntap.rst), non-persistent: it is gone with the process, however that ends.
 *
 * <p>The kernel reads and writes one packet a call, into direct memory of ours; callers see heap buffers. Super-packets (IFF_VNET_HDR, TUNSETOFFLOAD)
 * belong in {@link #read} and {@link #write}: there a frame of the kernel becomes packets of the caller, one for one as yet.
 */
public final class LinuxTun implements TunDevice {
    /** The largest IP packet, and so the largest frame without super-packets. */
    private static final int FRAME = 65535;
    private static final int IFNAMSIZ = 16;
    private static final int IFREQ = 40;
    private static final long SIOCSIFMTU = 0x8922;
    private static final long SIOCGIFINDEX = 0x8933;

    private final String name;
    private final int index;
    private final int mtu;
    private final Scratch in = new Scratch(FRAME);
    private final Scratch out = new Scratch(FRAME);
    private volatile int fd;

    // Each has one writing thread, which stores it once a batch.
    private volatile long readPackets;
    private volatile long readBytes;
    private volatile long readOversize;
    private volatile long readErrors;
    private volatile long writtenPackets;
    private volatile long writtenBytes;
    private volatile long writeErrors;

    private LinuxTun(int fd, String name, int index, int mtu) {
        this.fd = fd;
        this.name = name;
        this.index = index;
        this.mtu = mtu;
    }

    /**
     * Makes the interface. It has no address yet and is down: see {@link Links}.
     *
     * @param name 1 to 15 printable ASCII characters without {@code / : %}
     * @param mtu 68 to 65535 bytes
     * @throws InterfaceExistsException if an interface of that name is there already, whoever made it
     * @throws ErrnoException if the kernel refuses
     */
    public static LinuxTun open(String name, int mtu) throws InterfaceExistsException, ErrnoException {
        if (!name.matches("[!-~&&[^/:%]]{1," + (IFNAMSIZ - 1) + "}") || name.equals(".") || name.equals(".."))
            throw new IllegalArgumentException("not an interface name: " + name);
        if (mtu < 68 || mtu > FRAME) throw new IllegalArgumentException("MTU " + mtu + " is not in 68..65535");
        int fd = LibC.open("/dev/net/tun", LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        if (fd < 0) throw new ErrnoException("open /dev/net/tun", LibC.errno());
        try {
            var request = new Scratch(IFREQ);
            putName(request, name);
            request.bytes.putShort(IFNAMSIZ, (short) (LibC.IFF_TUN | LibC.IFF_NO_PI | LibC.IFF_TUN_EXCL));
            if (LibC.ioctl(fd, LibC.TUNSETIFF, request.address) < 0) {
                int errno = LibC.errno();
                if (errno == Errno.EBUSY) throw new InterfaceExistsException(name);
                throw new ErrnoException("create TUN interface " + name, errno);
            }
            int index = configure(name, mtu);
            var tun = new LinuxTun(fd, name, index, mtu);
            fd = -1;
            return tun;
        } finally {
            if (fd >= 0) LibC.close(fd);
        }
    }

    private static int configure(String name, int mtu) throws ErrnoException {
        int socket = LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        if (socket < 0) throw new ErrnoException("open a socket", LibC.errno());
        try {
            var request = new Scratch(IFREQ);
            putName(request, name);
            request.bytes.putInt(IFNAMSIZ, mtu);
            if (LibC.ioctl(socket, SIOCSIFMTU, request.address) < 0) throw new ErrnoException("set MTU " + mtu + " on " + name, LibC.errno());
            if (LibC.ioctl(socket, SIOCGIFINDEX, request.address) < 0) throw new ErrnoException("read the index of " + name, LibC.errno());
            return request.bytes.getInt(IFNAMSIZ);
        } finally {
            LibC.close(socket);
        }
    }

    private static void putName(Scratch request, String name) {
        request.bytes.put(0, name.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    /** The descriptor to poll; -1 once closed. */
    int fd() {
        return fd;
    }

    @Override
    public int read(ByteBuffer[] packets) {
        int from = fd;
        int filled = 0;
        long bytes = 0;
        while (filled < packets.length && from >= 0) {
            long length = LibC.read(from, in.address, FRAME);
            if (length < 0) {
                int errno = LibC.errno();
                if (errno == Errno.EINTR) continue;
                if (errno != Errno.EAGAIN) readErrors = readErrors + 1;
                break;
            }
            ByteBuffer packet = packets[filled].clear();
            if (length > packet.capacity()) {
                readOversize = readOversize + 1;
                continue;
            }
            packet.put(0, in.bytes, 0, (int) length).limit((int) length);
            bytes += length;
            filled++;
        }
        if (filled > 0) {
            readPackets = readPackets + filled;
            readBytes = readBytes + bytes;
        }
        return filled;
    }

    @Override
    public void write(ByteBuffer[] packets, int count) {
        int to = fd;
        int written = 0;
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            ByteBuffer packet = packets[i];
            int length = packet.remaining();
            if (length > FRAME) continue;
            out.bytes.put(0, packet, packet.position(), length);
            long taken;
            do {
                taken = LibC.write(to, out.address, length);
            } while (taken < 0 && LibC.errno() == Errno.EINTR);
            if (taken == length) {
                written++;
                bytes += length;
            }
        }
        writtenPackets = writtenPackets + written;
        writtenBytes = writtenBytes + bytes;
        if (written < count) writeErrors = writeErrors + (count - written);
    }

    @Override
    public TunCounters counters() {
        return new TunCounters(readPackets, readBytes, readOversize, readErrors, writtenPackets, writtenBytes, writeErrors);
    }

    @Override
    public void close() {
        int closing = fd;
        fd = -1;
        if (closing >= 0) LibC.close(closing);
    }

    @Override
    public String toString() {
        return name;
    }
}
