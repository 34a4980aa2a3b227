package dev.torii.tun;

import static dev.torii.tun.Ip.ip;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@NeedsNamespace
class LinuxLinksTest {
    @Test
    void aLinkIsSwitchedOnAndItsMtuAndReversePathFilterSet() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var tun = LinuxTun.open("vti1", 1400)) {
                var links = new LinuxLinks(netlink);
                int before = Sysctl.readInt("net/ipv4/conf/vti1/rp_filter");
                assertEquals(new Link(tun.index(), "vti1", 1400, false, false, false, "tun", before), links.byName("vti1").orElseThrow());
                links.setUp(tun.index(), true);
                links.setMtu(tun.index(), 1321);
                for (int value : new int[] {0, 1, 2}) {
                    links.setReversePathFilter(tun.index(), value);
                    assertEquals(value, Sysctl.readInt("net/ipv4/conf/vti1/rp_filter"));
                }
                assertEquals(new Link(tun.index(), "vti1", 1321, true, true, false, "tun", 2), links.byName("vti1").orElseThrow());
                assertTrue(Ip.run("link", "show", "vti1").contains("UP,LOWER_UP> mtu 1321"));
                links.setUp(tun.index(), false);
                assertFalse(links.byName("vti1").orElseThrow().up());
            }
        });
    }

    @Test
    void loopbackIsListedAsSuch() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open()) {
                Link lo = new LinuxLinks(netlink).byName("lo").orElseThrow();
                assertTrue(lo.loopback());
                assertFalse(lo.up());
                assertEquals(65536, lo.mtu());
            }
        });
    }

    @Test
    void aTunWithoutLinkLocalAddressesHasNoneWhenItIsUp() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var tun = LinuxTun.open("vti1", 1400)) {
                var links = new LinuxLinks(netlink);
                links.disableLinkLocal(tun.index());
                links.setUp(tun.index(), true);
                assertEquals(List.of(), links.addresses());
                assertTrue(Ip.run("-d", "link", "show", "vti1").contains("addrgenmode none"));
            }
        });
    }

    @Test
    void addressesOfBothFamiliesComeAndGo() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open(); var tun = LinuxTun.open("vti1", 1400)) {
                var links = new LinuxLinks(netlink);
                links.disableLinkLocal(tun.index());
                links.setUp(tun.index(), true);
                var inside = InterfaceAddress.of(tun.index(), ip("192.168.254.2"), 30);
                var peer = new InterfaceAddress(tun.index(), ip("10.9.0.1"), 32, Optional.of(ip("10.9.0.2")));
                var v6 = InterfaceAddress.of(tun.index(), ip("2001:db8::1"), 64);
                for (InterfaceAddress address : List.of(inside, peer, v6)) links.addAddress(address);
                links.addAddress(inside);       // again: fine
                assertEquals(List.of(inside, peer, v6), links.addresses());
                String shown = Ip.run("addr", "show", "dev", "vti1");
                assertTrue(shown.contains("inet 192.168.254.2/30 scope global vti1\n"), shown);
                assertTrue(shown.contains("inet 10.9.0.1 peer 10.9.0.2/32 scope global vti1\n"), shown);
                assertTrue(shown.contains("inet6 2001:db8::1/64 scope global nodad"), shown);
                for (InterfaceAddress address : List.of(inside, peer, v6)) assertTrue(links.removeAddress(address), address.toString());
                for (InterfaceAddress address : List.of(inside, peer, v6)) assertFalse(links.removeAddress(address), address.toString());
                assertEquals(List.of(), links.addresses());
            }
        });
    }

    @Test
    void aMissingInterfaceIsNamedInTheRefusal() throws Exception {
        Namespace.run(() -> {
            try (var netlink = NetlinkSocket.open()) {
                var refused = assertThrows(ErrnoException.class, () -> new LinuxLinks(netlink).setMtu(4711, 1400));
                assertEquals(Errno.ENODEV, refused.errno());
                assertEquals("set MTU 1400 on interface 4711: No such device (errno 19)", refused.getMessage());
            }
        });
    }

    @Test
    void aClosedSocketSaysSo() throws Exception {
        var netlink = NetlinkSocket.open();
        netlink.close();
        netlink.close();
        assertThrows(IOException.class, () -> new LinuxLinks(netlink).list());
    }
}
