package dev.torii.tun;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/** Interfaces and their addresses as rtnetlink(7) writes them: struct ifinfomsg, struct ifaddrmsg and their attributes. Stateless. */
final class LinkCodec {
    private static final int AF_UNSPEC = 0;
    private static final int IFINFOMSG = 16;
    private static final int IFADDRMSG = 8;
    private static final int IFF_UP = 1;
    private static final int IFF_LOOPBACK = 8;
    private static final int IFF_RUNNING = 0x40;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_AF_SPEC = 26;
    private static final int IFLA_INET_CONF = 1;
    private static final int IPV4_DEVCONF_RP_FILTER = 8;    // counted from 1
    private static final int IFLA_INET6_ADDR_GEN_MODE = 8;
    private static final byte IN6_ADDR_GEN_MODE_NONE = 1;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final byte IFA_F_NODAD = 2;
    private static final byte RT_SCOPE_HOST = (byte) 254;

    private LinkCodec() {}

    /** The body of a request to list the interfaces. */
    static void encodeLinkDump(ByteBuffer out) {
        out.put(new byte[IFINFOMSG]);
    }

    /** The body of a request to list all addresses. */
    static void encodeAddressDump(ByteBuffer out) {
        out.put(new byte[IFADDRMSG]);
    }

    static void encodeUp(int index, boolean up, ByteBuffer out) {
        encodeInfo(index, up ? IFF_UP : 0, IFF_UP, out);
    }

    static void encodeMtu(int index, int mtu, ByteBuffer out) {
        encodeInfo(index, 0, 0, out);
        Attributes.putInt(out, IFLA_MTU, mtu);
    }

    static void encodeReversePathFilter(int index, int value, ByteBuffer out) {
        encodeInfo(index, 0, 0, out);
        int families = Attributes.begin(out, IFLA_AF_SPEC);
        int inet = Attributes.begin(out, LibC.AF_INET);
        int settings = Attributes.begin(out, IFLA_INET_CONF);
        Attributes.putInt(out, IPV4_DEVCONF_RP_FILTER, value);
        Attributes.end(out, settings);
        Attributes.end(out, inet);
        Attributes.end(out, families);
    }

    static void encodeNoLinkLocal(int index, ByteBuffer out) {
        encodeInfo(index, 0, 0, out);
        int families = Attributes.begin(out, IFLA_AF_SPEC);
        int inet6 = Attributes.begin(out, LibC.AF_INET6);
        Attributes.put(out, IFLA_INET6_ADDR_GEN_MODE, new byte[] {IN6_ADDR_GEN_MODE_NONE});
        Attributes.end(out, inet6);
        Attributes.end(out, families);
    }

    private static void encodeInfo(int index, int flags, int change, ByteBuffer out) {
        out.put((byte) AF_UNSPEC).put((byte) 0).putShort((short) 0).putInt(index).putInt(flags).putInt(change);
    }

    static void encodeAddress(InterfaceAddress address, ByteBuffer out) {
        InetAddress own = address.address();
        boolean v6 = own.getAddress().length == 16;
        out.put((byte) (v6 ? LibC.AF_INET6 : LibC.AF_INET)).put((byte) address.prefixLength());
        out.put(v6 ? IFA_F_NODAD : 0).put(own.isLoopbackAddress() ? RT_SCOPE_HOST : 0).putInt(address.interfaceIndex());
        Attributes.put(out, IFA_LOCAL, own.getAddress());
        Attributes.put(out, IFA_ADDRESS, address.peer().orElse(own).getAddress());
    }

    /** Reads an interface; nothing for messages about a bridge port, which come with a family. */
    static Optional<Link> decodeLink(ByteBuffer in) throws MalformedNetlinkException {
        int family = Byte.toUnsignedInt(in.get());
        in.get();
        in.getShort();
        int index = in.getInt();
        int flags = in.getInt();
        in.getInt();
        if (family != AF_UNSPEC) return Optional.empty();
        Map<Integer, ByteBuffer> attributes = Attributes.read(in);
        ByteBuffer name = attributes.get(IFLA_IFNAME);
        ByteBuffer mtu = attributes.get(IFLA_MTU);
        if (name == null) throw new MalformedNetlinkException("interface " + index + " has no name");
        return Optional.of(new Link(index, Attributes.readText(name), mtu == null ? 0 : Attributes.readInt(mtu), (flags & IFF_UP) != 0,
                (flags & IFF_RUNNING) != 0, (flags & IFF_LOOPBACK) != 0, kind(attributes), reversePathFilter(attributes)));
    }

    private static String kind(Map<Integer, ByteBuffer> attributes) throws MalformedNetlinkException {
        ByteBuffer info = attributes.get(IFLA_LINKINFO);
        ByteBuffer kind = info == null ? null : Attributes.read(info).get(IFLA_INFO_KIND);
        return kind == null ? "" : Attributes.readText(kind);
    }

    /** In a listing IFLA_INET_CONF is an array of numbers, not attributes. */
    private static int reversePathFilter(Map<Integer, ByteBuffer> attributes) throws MalformedNetlinkException {
        ByteBuffer families = attributes.get(IFLA_AF_SPEC);
        ByteBuffer inet = families == null ? null : Attributes.read(families).get(LibC.AF_INET);
        ByteBuffer settings = inet == null ? null : Attributes.read(inet).get(IFLA_INET_CONF);
        if (settings == null || settings.remaining() < IPV4_DEVCONF_RP_FILTER * Integer.BYTES) return -1;
        return settings.getInt(settings.position() + (IPV4_DEVCONF_RP_FILTER - 1) * Integer.BYTES);
    }

    /** Reads an address; nothing for other families than IPv4 and IPv6. */
    static Optional<InterfaceAddress> decodeAddress(ByteBuffer in) throws MalformedNetlinkException {
        int family = Byte.toUnsignedInt(in.get());
        int prefixLength = Byte.toUnsignedInt(in.get());
        in.getShort();
        int index = in.getInt();
        if (family != LibC.AF_INET && family != LibC.AF_INET6) return Optional.empty();
        Map<Integer, ByteBuffer> attributes = Attributes.read(in);
        // IFA_ADDRESS is the other end where there is one; IPv6 leaves IFA_LOCAL out where there is none.
        ByteBuffer addressValue = attributes.get(IFA_ADDRESS);
        ByteBuffer localValue = attributes.getOrDefault(IFA_LOCAL, addressValue);
        if (localValue == null) throw new MalformedNetlinkException("address of interface " + index + " is missing");
        InetAddress own = RouteCodec.address(localValue);
        InetAddress other = addressValue == null ? own : RouteCodec.address(addressValue);
        try {
            return Optional.of(new InterfaceAddress(index, own, prefixLength, other.equals(own) ? Optional.empty() : Optional.of(other)));
        } catch (IllegalArgumentException impossible) {
            throw new MalformedNetlinkException(String.valueOf(impossible.getMessage()));
        }
    }
}
