package dev.torii.tun;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A TUN interface of the Linux kernel (Documentation/networking/tuntap.rst), non-persistent: it is gone with the process, however that ends.
 *
 * <p>The kernel hands over super-packets, up to 64 KiB a call (IFF_VNET_HDR, TUNSETOFFLOAD), in direct memory of ours; {@link #read} takes them apart, so
 * callers see IP packets in heap buffers. What does not fit the caller's array waits for the next {@link #read}, and {@link TunPoller} knows of it. The
 * other way, {@link #write} hands over the runs of a batch as super-packets. Where the kernel refuses, packets travel singly ({@link TunOffload}).
 */
public final class LinuxTun implements TunDevice {
    /** The largest IP packet. */
    private static final int PACKET = 65535;
    /** The largest super-packet, IPv6 with its 40 octets beyond the payload's 65535, behind its header. */
    private static final int FRAME = SuperPacket.HEADER + 40 + PACKET;
    private static final int MERGED_AT_ONCE = 256;
    private static final int IFNAMSIZ = 16;
    private static final int IFREQ = 40;
    private static final long SIOCSIFMTU = 0x8922;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final long SIOCSIFTXQLEN = 0x8943;
    /** Packets that may wait for the reader. The kernel's 500 are 5 ms of small packets, less than other work on a busy machine holds the reader up. */
    private static final int QUEUE = 2000;

    private final String name;
    private final int index;
    private final int mtu;
    private @Nullable Inward inward;                // made with the first packet, so that idle interfaces cost no memory; for the reading thread
    private @Nullable Outward out;                  // the same for the writing thread
    private @Nullable Scratch answer;               // for what the reading thread says back
    private final boolean header;                   // whether the kernel's frames begin with one
    private final TunOffload offload;
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

    /** Where frames are laid out for the kernel. */
    private record Outward(Scratch out, ByteBuffer frame, PacketMerger merger) {
        static Outward allocate(TunOffload offload) {
            var out = new Scratch(FRAME);
            var merger = new PacketMerger(MERGED_AT_ONCE, offload != TunOffload.NONE, offload == TunOffload.TCP_AND_UDP);
            return new Outward(out, out.bytes.duplicate().order(ByteOrder.BIG_ENDIAN), merger);
        }
    }

    private LinuxTun(int fd, String name, int index, int mtu, boolean header, TunOffload offload) {
        this.fd = fd;
        this.name = name;
        this.index = index;
        this.mtu = mtu;
        this.header = header;
        this.offload = offload;
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
        return open(name, mtu, TunOffload.TCP_AND_UDP);
    }

    /** As above, on a kernel that does no more than {@code most}. */
    static LinuxTun open(String name, int mtu, TunOffload most) throws InterfaceExistsException, ErrnoException {
        if (!name.matches("[!-~&&[^/:%]]{1," + (IFNAMSIZ - 1) + "}") || name.equals(".") || name.equals(".."))
            throw new IllegalArgumentException("not an interface name: " + name);
        if (mtu < 68 || mtu > PACKET) throw new IllegalArgumentException("MTU " + mtu + " is not in 68..65535");
        int fd = LibC.open("/dev/net/tun", LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        if (fd < 0) throw new ErrnoException("open /dev/net/tun", LibC.errno());
        try {
            boolean header = attach(fd, name, most);
            int index = configure(name, mtu);
            var tun = new LinuxTun(fd, name, index, mtu, header, header ? offload(fd, most) : TunOffload.NONE);
            fd = -1;
            return tun;
        } finally {
            if (fd >= 0) LibC.close(fd);
        }
    }

    /** Makes the interface, if possible with a header in each frame, and tells whether it was. */
    private static boolean attach(int fd, String name, TunOffload most) throws InterfaceExistsException, ErrnoException {
        int plain = LibC.IFF_TUN | LibC.IFF_NO_PI | LibC.IFF_TUN_EXCL;
        if (most != TunOffload.NONE && attach(fd, name, plain | LibC.IFF_VNET_HDR) == 0) return true;
        int errno = attach(fd, name, plain);
        if (errno == Errno.EBUSY) throw new InterfaceExistsException(name);
        if (errno != 0) throw new ErrnoException("create TUN interface " + name, errno);
        return false;
    }

    private static int attach(int fd, String name, int flags) {
        var request = new Scratch(IFREQ);
        putName(request, name);
        request.bytes.putShort(IFNAMSIZ, (short) flags);
        return LibC.ioctl(fd, LibC.TUNSETIFF, request.address) < 0 ? LibC.errno() : 0;
    }

    private static TunOffload offload(int fd, TunOffload most) {
        if (most == TunOffload.TCP_AND_UDP && LibC.ioctl(fd, LibC.TUNSETOFFLOAD, LibC.TUN_F_CSUM_TSO | LibC.TUN_F_USO) == 0) return TunOffload.TCP_AND_UDP;
        return LibC.ioctl(fd, LibC.TUNSETOFFLOAD, LibC.TUN_F_CSUM_TSO) == 0 ? TunOffload.TCP : TunOffload.NONE;
    }

    private static int configure(String name, int mtu) throws ErrnoException {
        int socket = LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        if (socket < 0) throw new ErrnoException("open a socket", LibC.errno());
        try {
            var request = new Scratch(IFREQ);
            putName(request, name);
            request.bytes.putInt(IFNAMSIZ, mtu);
            if (LibC.ioctl(socket, SIOCSIFMTU, request.address) < 0) throw new ErrnoException("set MTU " + mtu + " on " + name, LibC.errno());
            request.bytes.putInt(IFNAMSIZ, QUEUE);
            if (LibC.ioctl(socket, SIOCSIFTXQLEN, request.address) < 0) throw new ErrnoException("set the queue of " + name, LibC.errno());
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

    /** Of what super-packets are exchanged with the kernel; of all else every packet costs a system call. */
    public TunOffload offload() {
        return offload;
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
        int missing = header ? 0 : SuperPacket.HEADER;      // it stays zero then: a packet as it is
        while (from >= 0) {
            long length = LibC.read(from, into.in().address + missing, FRAME - missing);
            if (length >= 0) {
                if (into.frame().begin((int) length + missing)) return true;
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
        if (out == null) out = Outward.allocate(offload);
        PacketMerger merger = out.merger();
        int written = 0;
        long bytes = 0;
        for (int from = 0; from < count; from += MERGED_AT_ONCE) {
            int frames = merger.plan(packets, from, Math.min(count - from, MERGED_AT_ONCE));
            for (int frame = 0; frame < frames; frame++) {
                if (!put(out.out(), merger.layOut(frame, packets, from, out.frame()))) continue;
                written += merger.members(frame);
                bytes += merger.octets(frame);
            }
        }
        writtenPackets = writtenPackets + written;
        writtenBytes = writtenBytes + bytes;
        if (written < count) writeErrors = writeErrors + (count - written);
    }

    /** Has the kernel take the frame of so many octets; false if it refuses, or there is none. */
    private boolean put(Scratch frame, int length) {
        if (length == 0) return false;
        int omitted = header ? 0 : SuperPacket.HEADER;
        long taken;
        do {
            taken = LibC.write(fd, frame.address + omitted, length - omitted);
        } while (taken < 0 && LibC.errno() == Errno.EINTR);
        return taken == length - omitted;
    }

    /**
     * Hands packets to the kernel as {@link #write} does, but for the thread that reads: what it has to say about what it read. They are not counted among
     * those written, nor is it an error if the kernel refuses one.
     */
    public void answer(ByteBuffer[] packets, int count) {
        if (answer == null) answer = new Scratch(SuperPacket.HEADER + PACKET);
        for (int i = 0; i < count; i++) {
            ByteBuffer packet = packets[i];
            answer.bytes.put(SuperPacket.HEADER, packet, packet.position(), packet.remaining());
            put(answer, SuperPacket.HEADER + packet.remaining());
        }
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
