package dev.torii.tun;

import static dev.torii.tun.Ip.ip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The records' rules, the doubles and what else needs neither root nor a namespace. */
class ModelTest {
    private static final NextHop ONE = NextHop.device(1);
    private static final NextHop TWO = NextHop.device(2);

    @Test
    void routesAreEqualWhateverTheOrderOfTheirNextHops() {
        assertEquals(Route.to(ip("10.0.0.0"), 8, ONE, TWO), Route.to(ip("10.0.0.0"), 8, TWO, ONE));
        assertNotEquals(Route.to(ip("10.0.0.0"), 8, ONE, TWO), Route.to(ip("10.0.0.0"), 8, ONE, TWO.withWeight(2)));
        assertNotEquals(Route.to(ip("10.0.0.0"), 8, ONE), Route.to(ip("10.0.0.0"), 8, ONE).withProtocol(4));
    }

    @Test
    void anIpv6RouteOfMetricZeroHasTheKernelsDefault() {
        assertEquals(1024, Route.to(ip("2001:db8::"), 32, ONE).metric());
        assertEquals(0, Route.to(ip("10.0.0.0"), 8, ONE).metric());
    }

    @Test
    void impossibleRoutesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Route.to(ip("10.0.0.1"), 8, ONE));
        assertThrows(IllegalArgumentException.class, () -> Route.to(ip("10.0.0.0"), 33, ONE));
        assertThrows(IllegalArgumentException.class, () -> Route.to(ip("10.0.0.0"), 8));
        assertThrows(IllegalArgumentException.class, () -> Route.to(ip("10.0.0.0"), 8, ONE).withMetric(-1));
        assertThrows(IllegalArgumentException.class, () -> Route.blackhole(ip("10.0.0.0"), 8).withNextHops(List.of(ONE)));
        assertThrows(IllegalArgumentException.class, () -> ONE.withWeight(257));
        assertThrows(IllegalArgumentException.class, () -> NextHop.device(0));
    }

    @Test
    void theOnlyInterfaceOfARouteIsKnownWhenThereIsOne() {
        assertEquals(OptionalInt.of(1), Route.to(ip("10.0.0.0"), 8, ONE).onlyInterface());
        assertEquals(OptionalInt.empty(), Route.to(ip("10.0.0.0"), 8, ONE, TWO).onlyInterface());
        assertEquals(OptionalInt.empty(), Route.blackhole(ip("10.0.0.0"), 8).onlyInterface());
    }

    @Test
    void routesReadAsTheyAreWrittenByIproute2() {
        assertEquals("192.168.3.0/24 nexthop dev if1 nexthop dev if2 weight 3 proto 116 metric 7",
                Route.to(ip("192.168.3.0"), 24, ONE, TWO.withWeight(3)).withMetric(7).toString());
        assertEquals("blackhole 10.0.0.0/8 proto 116", Route.blackhole(ip("10.0.0.0"), 8).toString());
        assertEquals("10.9.0.1 peer 10.9.0.2/32 dev if1", new InterfaceAddress(1, ip("10.9.0.1"), 32, Optional.of(ip("10.9.0.2"))).toString());
    }

    @Test
    void sysctlsAreReadAndNothingOutsideThem() throws Exception {
        assertEquals("Linux", Sysctl.read("kernel/ostype"));
        assertTrue(Sysctl.readInt("net/ipv4/ip_default_ttl") > 0);
        assertThrows(IOException.class, () -> Sysctl.readInt("kernel/ostype"));
        assertThrows(IllegalArgumentException.class, () -> Sysctl.read("../version"));
        assertThrows(IllegalArgumentException.class, () -> Sysctl.read("/etc/passwd"));
    }

    @Test
    void errorsAreReadable() {
        assertEquals("open /dev/net/tun: Operation not permitted (errno 1): needs root or CAP_NET_ADMIN",
                new ErrnoException("open /dev/net/tun", Errno.EPERM).getMessage());
        assertEquals("add: Invalid argument (errno 22) (because)", new ErrnoException("add", Errno.EINVAL, "because").getMessage());
    }

    @Test
    void memoryRoutesAnswerAsTheKernelDoes() throws Exception {
        Route foreign = Route.to(ip("10.0.0.0"), 8, TWO).withProtocol(4);
        Route ours = Route.to(ip("10.0.0.0"), 8, ONE);
        var routes = new MemoryRoutes().with(foreign);
        assertThrows(RouteExistsException.class, () -> routes.add(ours));
        routes.replace(ours);
        assertEquals(List.of(ours), routes.list());
        assertFalse(routes.remove(foreign));
        Route six = Route.to(ip("2001:db8::"), 32, ONE, TWO);
        routes.replace(ours.withNextHops(List.of(ONE, TWO)));
        routes.replace(six);
        routes.interfaceGone(1);
        assertEquals(List.of(six.withNextHops(List.of(TWO))), routes.list());
        routes.interfaceGone(2);
        assertEquals(List.of(), routes.list());
    }

    @Test
    void aMemoryTunPassesPacketsBothWays() throws Exception {
        var tun = new MemoryTun("vti1", 5, 100);
        assertTrue(tun.arrive(new byte[] {0x45, 1}));
        assertTrue(tun.arrive(new byte[] {0x45, 2, 3}));
        assertFalse(tun.arrive(new byte[101]));
        ByteBuffer[] packets = {ByteBuffer.allocate(8), ByteBuffer.allocate(2)};
        assertEquals(1, tun.read(packets), "the second does not fit");
        assertEquals(ByteBuffer.wrap(new byte[] {0x45, 1}), packets[0]);
        tun.write(new ByteBuffer[] {packets[0], ByteBuffer.wrap(new byte[] {0x11})}, 2);
        assertArrayEquals(new byte[] {0x45, 1}, tun.awaitWritten(Duration.ofSeconds(1)).orElseThrow());
        assertEquals(new TunCounters(1, 2, 1, 0, 1, 2, 1), tun.counters());
        tun.close();
        assertFalse(tun.arrive(new byte[] {0x45}));
        assertEquals(0, tun.read(packets));
    }

    @Test
    void memoryLinksKeepTheirSettings() throws Exception {
        var links = new MemoryLinks().with(3, "vti1", 1400);
        links.setUp(3, true);
        links.setReversePathFilter(3, 2);
        links.addAddress(InterfaceAddress.of(3, ip("10.0.0.1"), 30));
        assertEquals(new Link(3, "vti1", 1400, true, true, false, "", 2), links.byName("vti1").orElseThrow());
        assertThrows(ErrnoException.class, () -> links.setMtu(4, 1500));
        links.without(3);
        assertEquals(List.of(), links.addresses());
    }
}
