package dev.torii.tun;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Routes as rtnetlink(7) writes them: struct rtmsg and its attributes. Stateless. */
final class RouteCodec {
    private static final int RTMSG = 12;
    private static final int RTNEXTHOP = 8;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_MULTIPATH = 9;
    private static final int RTA_TABLE = 15;
    private static final int RTA_VIA = 18;                  // a gateway of the other family
    private static final int RTNH_F_ONLINK = 4;
    private static final int RTM_F_CLONED = 0x200;          // a cached exception, not a route
    private static final int RT_TABLE_UNSPEC = 0;           // the table number does not fit the header's octet
    private static final int RT_SCOPE_UNIVERSE = 0;
    private static final int RT_SCOPE_LINK = 253;
    private static final int RT_SCOPE_HOST = 254;
    private static final int RT_SCOPE_NOWHERE = 255;        // in a removal: any scope

    private RouteCodec() {}

    /** The body of a request to list the routes of a family. */
    static void encodeDump(int family, ByteBuffer out) {
        out.put((byte) family).put(new byte[RTMSG - 1]);
    }

    /** The body of a request to make the route. */
    static void encodeNew(Route route, ByteBuffer out) {
        encode(route, scope(route), route.nextHops().size() > 1, out);
    }

    /** The body of a request to remove the route. */
    static void encodeRemoval(Route route, ByteBuffer out) {
        // A single IPv4 hop would match the first hop of a multipath route, a list of one does not.
        boolean asList = route.destination() instanceof Inet4Address ? !route.nextHops().isEmpty() : route.nextHops().size() > 1;
        encode(route, RT_SCOPE_NOWHERE, asList, out);
    }

    private static void encode(Route route, int scope, boolean multipath, ByteBuffer out) {
        byte[] destination = route.destination().getAddress();
        boolean single = !multipath && !route.nextHops().isEmpty();
        out.put((byte) family(destination)).put((byte) route.prefixLength()).put((byte) 0).put((byte) 0);
        out.put((byte) (route.table() < 256 ? route.table() : RT_TABLE_UNSPEC)).put((byte) route.protocol());
        out.put((byte) scope).put((byte) route.type().code());
        out.putInt(single && route.nextHops().get(0).onLink() ? RTNH_F_ONLINK : 0);
        Attributes.put(out, RTA_DST, destination);
        if (route.table() >= 256) Attributes.putInt(out, RTA_TABLE, route.table());
        if (route.metric() != 0) Attributes.putInt(out, RTA_PRIORITY, (int) route.metric());
        route.preferredSource().ifPresent(source -> Attributes.put(out, RTA_PREFSRC, source.getAddress()));
        if (single) {
            NextHop hop = route.nextHops().get(0);
            encodeGateway(hop, destination.length, out);
            if (hop.interfaceIndex() != 0) Attributes.putInt(out, RTA_OIF, hop.interfaceIndex());
        } else if (multipath) {
            int start = Attributes.begin(out, RTA_MULTIPATH);
            for (NextHop hop : route.nextHops()) encodeHop(hop, destination.length, out);
            Attributes.end(out, start);
        }
    }

    private static void encodeHop(NextHop hop, int addressLength, ByteBuffer out) {
        int start = out.position();
        out.putShort((short) 0).put((byte) (hop.onLink() ? RTNH_F_ONLINK : 0)).put((byte) (hop.weight() - 1)).putInt(hop.interfaceIndex());
        encodeGateway(hop, addressLength, out);
        out.putShort(start, (short) (out.position() - start));
    }

    private static void encodeGateway(NextHop hop, int addressLength, ByteBuffer out) {
        if (hop.gateway().isEmpty()) return;
        byte[] gateway = hop.gateway().get().getAddress();
        if (gateway.length == addressLength) {
            Attributes.put(out, RTA_GATEWAY, gateway);
        } else {
            int start = Attributes.begin(out, RTA_VIA);
            out.putShort((short) family(gateway)).put(gateway);
            Attributes.end(out, start);
        }
    }

    /** How far the destination is, which the kernel checks gateways against; as iproute2 chooses it. */
    private static int scope(Route route) {
        return switch (route.type()) {
            case LOCAL -> RT_SCOPE_HOST;
            case BROADCAST, ANYCAST, MULTICAST -> RT_SCOPE_LINK;
            case BLACKHOLE, UNREACHABLE, PROHIBIT, THROW -> RT_SCOPE_UNIVERSE;
            case UNICAST -> route.nextHops().size() == 1 && route.nextHops().get(0).gateway().isEmpty() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
        };
    }

    /**
     * Reads a route; nothing for what {@link Route} does not describe and ours never collide with: cached exceptions, routes for one TOS or one source
     * prefix, other families and types.
     */
    static Optional<Route> decode(ByteBuffer in) throws MalformedNetlinkException {
        int family = Byte.toUnsignedInt(in.get());
        int prefixLength = Byte.toUnsignedInt(in.get());
        int sourceLength = Byte.toUnsignedInt(in.get());
        int tos = Byte.toUnsignedInt(in.get());
        int table = Byte.toUnsignedInt(in.get());
        int protocol = Byte.toUnsignedInt(in.get());
        in.get();
        Optional<Route.Type> type = Route.Type.of(Byte.toUnsignedInt(in.get()));
        int flags = in.getInt();
        int addressLength = family == LibC.AF_INET ? 4 : family == LibC.AF_INET6 ? 16 : 0;
        if (addressLength == 0 || sourceLength != 0 || tos != 0 || type.isEmpty() || (flags & RTM_F_CLONED) != 0) return Optional.empty();

        Map<Integer, ByteBuffer> attributes = Attributes.read(in);
        ByteBuffer tableValue = attributes.get(RTA_TABLE);
        if (tableValue != null) table = Attributes.readInt(tableValue);
        ByteBuffer metricValue = attributes.get(RTA_PRIORITY);
        long metric = metricValue == null ? 0 : Integer.toUnsignedLong(Attributes.readInt(metricValue));
        ByteBuffer destinationValue = attributes.get(RTA_DST);
        InetAddress destination = destinationValue == null ? address(new byte[addressLength]) : address(destinationValue);
        ByteBuffer sourceValue = attributes.get(RTA_PREFSRC);
        Optional<InetAddress> source = sourceValue == null ? Optional.empty() : Optional.of(address(sourceValue));

        try {
            // A route that refuses is shown with the loopback interface in IPv6.
            List<NextHop> hops = type.get().refuses() ? List.of() : hops(attributes, flags);
            if (hops.isEmpty() && type.get() == Route.Type.UNICAST) return Optional.empty();
            return Optional.of(new Route(destination, prefixLength, type.get(), hops, metric, protocol, table, source));
        } catch (IllegalArgumentException impossible) {
            throw new MalformedNetlinkException(String.valueOf(impossible.getMessage()));
        }
    }

    private static List<NextHop> hops(Map<Integer, ByteBuffer> attributes, int flags) throws MalformedNetlinkException {
        ByteBuffer multipath = attributes.get(RTA_MULTIPATH);
        if (multipath == null) {
            ByteBuffer interfaceValue = attributes.get(RTA_OIF);
            int index = interfaceValue == null ? 0 : Attributes.readInt(interfaceValue);
            return hop(attributes, index, 1, flags).map(List::of).orElse(List.of());
        }
        var hops = new ArrayList<NextHop>();
        while (multipath.remaining() >= RTNEXTHOP) {
            int start = multipath.position();
            int length = Short.toUnsignedInt(multipath.getShort());
            int hopFlags = Byte.toUnsignedInt(multipath.get());
            int weight = Byte.toUnsignedInt(multipath.get()) + 1;
            int index = multipath.getInt();
            if (length < RTNEXTHOP || length > multipath.limit() - start) throw new MalformedNetlinkException("next hop of length " + length);
            Map<Integer, ByteBuffer> own = Attributes.read(Attributes.view(multipath, start + RTNEXTHOP, length - RTNEXTHOP));
            hop(own, index, weight, hopFlags).ifPresent(hops::add);
            multipath.position(Math.min(start + Attributes.align(length), multipath.limit()));
        }
        return hops;
    }

    private static Optional<NextHop> hop(Map<Integer, ByteBuffer> attributes, int index, int weight, int flags) throws MalformedNetlinkException {
        Optional<InetAddress> gateway = Optional.empty();
        ByteBuffer gatewayValue = attributes.get(RTA_GATEWAY);
        ByteBuffer via = attributes.get(RTA_VIA);
        if (gatewayValue != null) {
            gateway = Optional.of(address(gatewayValue));
        } else if (via != null && via.remaining() > Short.BYTES) {
            gateway = Optional.of(address(Attributes.view(via, via.position() + Short.BYTES, via.remaining() - Short.BYTES)));
        }
        if (gateway.isEmpty() && index == 0) return Optional.empty();
        return Optional.of(new NextHop(gateway, index, weight, (flags & RTNH_F_ONLINK) != 0 && gateway.isPresent() && index != 0));
    }

    private static int family(byte[] address) {
        return address.length == 4 ? LibC.AF_INET : LibC.AF_INET6;
    }

    static InetAddress address(ByteBuffer value) throws MalformedNetlinkException {
        byte[] octets = new byte[value.remaining()];
        value.get(value.position(), octets);
        return address(octets);
    }

    private static InetAddress address(byte[] octets) throws MalformedNetlinkException {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException wrongLength) {
            throw new MalformedNetlinkException("address of " + octets.length + " octets");
        }
    }
}
