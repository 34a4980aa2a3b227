package dev.torii.tun;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A TUN interface of the Linux kernel (Documentation/networking/tuntap.rst), non-persistent: it is gone with the process, however that ends.
 *
 * <p>The kernel hands over super-packets, up to 64 KiB a call (IFF_VNET_HDR, TUNSETOFFLOAD), in direct memory of ours; {@link #read} takes them apart, so
 * callers see IP packets in heap buffers. What does not fit the caller's array waits for the next {@link #read}, and {@link TunPoller} knows of it. A
 * kernel that refuses the offloads hands over single packets.
 */
public final class LinuxTun implements TunDevice {
    /** The largest IP packet. */
    private static final int PACKET = 65535;
    /** The largest super-packet, IPv6 with its 40 octets beyond the payload's 65535, behind its header. */
    private static final int FRAME = SuperPacket.HEADER + 40 + PACKET;
    private static final int IFNAMSIZ = 16;
    private static final int IFREQ = 40;
    private static final long SIOCSIFMTU = 0x8922;
    private static final long SIOCGIFINDEX = 0x8933;

    private final String name;
    private final int index;
    private final int mtu;
    private @Nullable Inward inward;                // made with the first packet, so that idle interfaces cost no memory; for the reading thread
    private @Nullable Scratch out;                  // the same for the writing thread; the header stays zero: a packet as it is
    private final boolean superPackets;
    private volatile int fd;

    // Each has one writing thread, which stores it once a batch.
    private volatile long readPackets;
    private volatile long readBytes;
    private volatile long readOversize;
    private volatile long readErrors;
    private volatile long writtenPackets;
    private volatile long writtenBytes;
    private volatile long writeErrors;

    /** Where the kernel puts its frames, and what is left of the last one. */
    private record Inward(Scratch in, SuperPacket frame) {
        static Inward allocate() {
            var in = new Scratch(FRAME);
            return new Inward(in, new SuperPacket(in.bytes));
        }
    }

    private LinuxTun(int fd, String name, int index, int mtu, boolean superPackets) {
        this.fd = fd;
        this.name = name;
        this.index = index;
        this.mtu = mtu;
        this.superPackets = superPackets;
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
        if (mtu < 68 || mtu > PACKET) throw new IllegalArgumentException("MTU " + mtu + " is not in 68..65535");
        int fd = LibC.open("/dev/net/tun", LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        if (fd < 0) throw new ErrnoException("open /dev/net/tun", LibC.errno());
        try {
            var request = new Scratch(IFREQ);
            putName(request, name);
            request.bytes.putShort(IFNAMSIZ, (short) (LibC.IFF_TUN | LibC.IFF_NO_PI | LibC.IFF_VNET_HDR | LibC.IFF_TUN_EXCL));
            if (LibC.ioctl(fd, LibC.TUNSETIFF, request.address) < 0) {
                int errno = LibC.errno();
                if (errno == Errno.EBUSY) throw new InterfaceExistsException(name);
                throw new ErrnoException("create TUN interface " + name, errno);
            }
            int index = configure(name, mtu);
            boolean superPackets = LibC.ioctl(fd, LibC.TUNSETOFFLOAD, LibC.TUN_F_CSUM_TSO | LibC.TUN_F_USO) == 0
                    || LibC.ioctl(fd, LibC.TUNSETOFFLOAD, LibC.TUN_F_CSUM_TSO) == 0;
            var tun = new LinuxTun(fd, name, index, mtu, superPackets);
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

    /** Whether the kernel hands over super-packets; otherwise every packet costs a system call. */
    public boolean superPackets() {
        return superPackets;
    }

    /** Whether packets that were read from the kernel wait for the next {@link #read}; for the reading thread. */
    boolean pending() {
        return inward != null && inward.frame().hasNext();
    }

    @Override
    public int read(ByteBuffer[] packets) {
        if (inward == null) inward = Inward.allocate();
        SuperPacket frame = inward.frame();
        int from = fd;
        int filled = 0;
        long bytes = 0;
        while (filled < packets.length && (frame.hasNext() || fetch(from, inward))) {
            ByteBuffer packet = packets[filled];
            if (frame.next(packet)) {
                bytes += packet.limit();
                filled++;
            } else {
                readOversize = readOversize + 1;
            }
        }
        if (filled > 0) {
            readPackets = readPackets + filled;
            readBytes = readBytes + bytes;
        }
        return filled;
    }

    /** Has the kernel put its next frame where it belongs; false if there is none. */
    private boolean fetch(int from, Inward into) {
        while (from >= 0) {
            long length = LibC.read(from, into.in().address, FRAME);
            if (length >= 0) {
                if (into.frame().begin((int) length)) return true;
                readErrors = readErrors + 1;
                continue;
            }
            int errno = LibC.errno();
            if (errno == Errno.EINTR) continue;
            if (errno != Errno.EAGAIN) readErrors = readErrors + 1;
            return false;
        }
        return false;
    }

    @Override
    public void write(ByteBuffer[] packets, int count) {
        if (out == null) out = new Scratch(SuperPacket.HEADER + PACKET);
        Scratch frame = out;
        int to = fd;
        int written = 0;
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            ByteBuffer packet = packets[i];
            int length = packet.remaining();
            if (length > PACKET) continue;
            frame.bytes.put(SuperPacket.HEADER, packet, packet.position(), length);
            long taken;
            do {
                taken = LibC.write(to, frame.address, SuperPacket.HEADER + length);
            } while (taken < 0 && LibC.errno() == Errno.EINTR);
            if (taken == SuperPacket.HEADER + length) {
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
