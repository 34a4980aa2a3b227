package dev.torii.tun;

import static dev.torii.tun.Ip.ip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Byte for byte against what iproute2 sends and the kernel answers; no root needed. */
class NetlinkCodecTest {
    private static final int CHANGE = NetlinkCodec.NLM_F_REQUEST | NetlinkCodec.NLM_F_ACK;
    private static final int REPLACE = CHANGE | NetlinkCodec.NLM_F_CREATE | NetlinkCodec.NLM_F_REPLACE;
    private static final int ADD = CHANGE | NetlinkCodec.NLM_F_CREATE | NetlinkCodec.NLM_F_EXCL;
    private static final int VTI1 = 2;
    private static final int VTI2 = 3;

    @Test
    void routesAreWrittenAsIproute2WritesThem() {
        var both = List.of(NextHop.device(VTI1), NextHop.device(VTI2).withWeight(3));
        assertRequest("route-multipath", REPLACE, Route.to(ip("192.168.3.0"), 24, both).withMetric(7));
        assertRequest("route-gateway", REPLACE,
                Route.to(ip("10.2.0.0"), 16, NextHop.via(ip("192.168.254.1"), VTI1)).withMetric(50).withPreferredSource(ip("192.168.254.2")));
        assertRequest("route-device", ADD, Route.to(ip("10.3.0.0"), 16, NextHop.device(VTI2)));
        assertRequest("route-blackhole", ADD, Route.blackhole(ip("10.4.0.0"), 16));
        assertRequest("route-onlink-table", REPLACE, new Route(ip("10.5.0.1"), 32, Route.Type.UNICAST,
                List.of(NextHop.onLink(ip("172.31.0.1"), VTI1)), 0, Route.PROTOCOL_TORII, 1000, Optional.empty()));
        assertRequest("route-via-other-family", REPLACE, Route.to(ip("10.6.0.0"), 16, NextHop.via(ip("fe80::1"), VTI2)));
    }

    @Test
    void ipv6RoutesAreWrittenAsIproute2WritesThem() {
        assertRequest("route6-gateway", REPLACE, Route.to(ip("2001:db8:1::"), 48, NextHop.via(ip("fe80::9"), VTI1)));
        assertRequest("route6-multipath", REPLACE,
                Route.to(ip("2001:db8:2::"), 48, NextHop.via(ip("fe80::9"), VTI1), NextHop.via(ip("fe80::9"), VTI2)).withMetric(30));
        assertRequest("route6-blackhole", REPLACE, Route.blackhole(ip("2001:db8:4::"), 48));
    }

    @Test
    void removalsAreWrittenAsIproute2WritesThem() {
        Route device = Route.to(ip("10.3.0.0"), 16, NextHop.device(VTI2));
        assertBytes("route-removal-device", NetlinkCodec.RTM_DELROUTE, CHANGE, out -> RouteCodec.encodeRemoval(device, out));
        Route multipath = Route.to(ip("192.168.3.0"), 24, NextHop.device(VTI1), NextHop.device(VTI2).withWeight(3)).withMetric(7);
        assertBytes("route-removal-multipath", NetlinkCodec.RTM_DELROUTE, CHANGE, out -> RouteCodec.encodeRemoval(multipath, out));
        assertBytes("address-removal", NetlinkCodec.RTM_DELADDR, CHANGE,
                out -> LinkCodec.encodeAddress(InterfaceAddress.of(VTI2, ip("192.0.2.1"), 24), out));
    }

    @Test
    void linksAndAddressesAreWrittenAsIproute2WritesThem() {
        assertBytes("link-up", NetlinkCodec.RTM_NEWLINK, CHANGE, out -> LinkCodec.encodeUp(VTI2, true, out));
        assertBytes("link-mtu", NetlinkCodec.RTM_NEWLINK, CHANGE, out -> LinkCodec.encodeMtu(VTI1, 1400, out));
        assertBytes("link-no-link-local", NetlinkCodec.RTM_NEWLINK, CHANGE, out -> LinkCodec.encodeNoLinkLocal(VTI1, out));
        assertBytes("address-v4", NetlinkCodec.RTM_NEWADDR, REPLACE,
                out -> LinkCodec.encodeAddress(InterfaceAddress.of(VTI1, ip("192.168.254.2"), 30), out));
        assertBytes("address-peer", NetlinkCodec.RTM_NEWADDR, REPLACE,
                out -> LinkCodec.encodeAddress(new InterfaceAddress(VTI2, ip("10.9.0.1"), 32, Optional.of(ip("10.9.0.2"))), out));
    }

    @Test
    void aRouteListingOfTheKernelIsRead() throws Exception {
        assertEquals(List.of(
                Route.to(ip("10.2.0.0"), 16, NextHop.via(ip("192.168.254.1"), VTI1)).withMetric(50).withPreferredSource(ip("192.168.254.2")),
                Route.to(ip("10.3.0.0"), 16, NextHop.device(VTI2)),
                Route.blackhole(ip("10.4.0.0"), 16),
                Route.to(ip("10.6.0.0"), 16, NextHop.via(ip("fe80::1"), VTI2)),
                Route.to(ip("10.9.0.2"), 32, NextHop.device(VTI2)).withProtocol(Route.PROTOCOL_KERNEL).withPreferredSource(ip("10.9.0.1")),
                Route.to(ip("192.168.3.0"), 24, NextHop.device(VTI1), NextHop.device(VTI2).withWeight(3)).withMetric(7),
                Route.to(ip("192.168.254.0"), 30, NextHop.device(VTI1)).withProtocol(Route.PROTOCOL_KERNEL)
                        .withPreferredSource(ip("192.168.254.2"))),
                told("routes").stream().map(event -> ((NetlinkEvent.RouteChanged) event).route()).toList());
    }

    @Test
    void anIpv6RouteListingOfTheKernelIsRead() throws Exception {
        assertEquals(List.of(
                Route.to(ip("2001:db8:1::"), 48, NextHop.via(ip("fe80::9"), VTI1)),
                Route.to(ip("2001:db8:2::"), 48, NextHop.via(ip("fe80::9"), VTI2), NextHop.via(ip("fe80::9"), VTI1)).withMetric(30),
                Route.blackhole(ip("2001:db8:4::"), 48),
                Route.to(ip("2001:db8:9::"), 64, NextHop.device(VTI2)).withMetric(256).withProtocol(Route.PROTOCOL_KERNEL)),
                told("routes6").stream().map(event -> ((NetlinkEvent.RouteChanged) event).route()).toList());
    }

    @Test
    void addressAndLinkListingsOfTheKernelAreRead() throws Exception {
        assertEquals(List.of(
                new NetlinkEvent.AddressAdded(new InterfaceAddress(VTI2, ip("10.9.0.1"), 32, Optional.of(ip("10.9.0.2")))),
                new NetlinkEvent.AddressAdded(InterfaceAddress.of(VTI2, ip("2001:db8:9::1"), 64))), told("addresses"));
        assertEquals(List.of(new NetlinkEvent.LinkChanged(new Link(VTI1, "vti1", 1400, true, false, false, "tun", 0))), told("link"));
    }

    @Test
    void aRefusalCarriesTheErrnoAndTheKernelsWords() throws Exception {
        assertEquals(new NetlinkMessage.Answer(Errno.EINVAL, "Device only routes can not be added for IPv6 using the multipath API."),
                only("route6-device-only-refused"));
        assertEquals(new NetlinkMessage.Answer(Errno.ESRCH, ""), only("route-removal-device-refused"));
        assertEquals(new NetlinkMessage.Answer(Errno.EADDRNOTAVAIL, "ipv4: Address not found"), only("address-removal-refused"));
    }

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        Route route = Route.to(ip("10.0.0.0"), 8, NextHop.onLink(ip("10.1.1.1"), 5), NextHop.device(4).withWeight(256)).withMetric(0xFFFF_FFFFL);
        ByteBuffer bytes = ByteBuffer.allocate(512).order(ByteOrder.BIG_ENDIAN);    // the codec follows the buffer's order
        NetlinkCodec.encode(NetlinkCodec.RTM_NEWROUTE, 0, 9, out -> RouteCodec.encodeNew(route, out), bytes);
        assertEquals(List.of(new NetlinkMessage(9, false, new NetlinkMessage.Told(new NetlinkEvent.RouteChanged(route)))),
                NetlinkCodec.decode(bytes.flip()));
    }

    @Test
    void aMessageCutAnywhereIsMalformedOrShorterButNothingElse() {
        for (String name : List.of("routes", "routes6", "addresses", "link", "route6-device-only-refused")) {
            byte[] whole = Captures.octets(name);
            for (int length = 1; length < whole.length; length++) {
                ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(whole, length)).order(ByteOrder.LITTLE_ENDIAN);
                try {
                    assertTrue(NetlinkCodec.decode(cut).size() <= 8, name);
                } catch (MalformedNetlinkException expected) {
                    assertTrue(String.valueOf(expected.getMessage()).startsWith("malformed"), name);
                }
            }
        }
    }

    @Test
    void randomlyDamagedMessagesNeverThrowAnythingUnchecked() {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Captures.octets(List.of("routes", "routes6", "addresses", "link").get(i % 4));
            for (int j = 0; j < 4; j++) bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            try {
                NetlinkCodec.decode(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
            } catch (MalformedNetlinkException expected) {
                assertTrue(String.valueOf(expected.getMessage()).startsWith("malformed"));
            }
        }
    }

    @Test
    void anAttributeLongerThanItsMessageIsMalformed() {
        byte[] bytes = Captures.octets("route-device");
        bytes[28] = 120;    // the length of RTA_DST
        assertThrows(MalformedNetlinkException.class, () -> NetlinkCodec.decode(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)));
    }

    private static void assertRequest(String name, int flags, Route route) {
        assertBytes(name, NetlinkCodec.RTM_NEWROUTE, flags, out -> RouteCodec.encodeNew(route, out));
    }

    private static void assertBytes(String name, int type, int flags, Consumer<ByteBuffer> body) {
        byte[] expected = Captures.octets(name);
        int sequence = Captures.buffer(name).getInt(8);
        ByteBuffer out = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        NetlinkCodec.encode(type, flags, sequence, body, out);
        assertArrayEquals(expected, Arrays.copyOf(out.array(), out.position()), name);
    }

    private static List<NetlinkEvent> told(String name) throws Exception {
        return NetlinkCodec.decode(Captures.buffer(name)).stream().map(message -> ((NetlinkMessage.Told) message.body()).event()).toList();
    }

    private static NetlinkMessage.Body only(String name) throws Exception {
        List<NetlinkMessage> messages = NetlinkCodec.decode(Captures.buffer(name));
        assertEquals(1, messages.size());
        return messages.get(0).body();
    }
}
