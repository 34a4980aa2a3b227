package dev.torii.tun;

import static dev.torii.tun.Ip.ip;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

@NeedsNamespace
class PathMtuTest {
    @Test
    void isTheRoutesOrElseTheInterfaces() throws Exception {
        Namespace.run(() -> {
            Ip.run("link", "add", "v0", "mtu", "1480", "type", "veth", "peer", "name", "v1");
            Ip.run("link", "set", "v0", "up");
            Ip.run("link", "set", "v1", "up");
            Ip.run("addr", "add", "10.7.0.1/24", "dev", "v0");
            Ip.run("addr", "add", "2001:db8::1/64", "nodad", "dev", "v0");
            Ip.run("route", "add", "10.8.0.0/16", "mtu", "1400", "via", "10.7.0.2");
            Ip.run("route", "add", "2001:db8:8::/48", "mtu", "1300", "via", "2001:db8::2");
            assertEquals(OptionalInt.of(1480), new PathMtu().of(ip("10.7.0.1"), ip("10.7.0.9")));
            assertEquals(OptionalInt.of(1400), new PathMtu().of(ip("10.7.0.1"), ip("10.8.0.1")));
            assertEquals(OptionalInt.of(1480), new PathMtu().of(ip("2001:db8::1"), ip("2001:db8::9")));
            assertEquals(OptionalInt.of(1300), new PathMtu().of(ip("2001:db8::1"), ip("2001:db8:8::1")));
        });
    }

    @Test
    void withoutAWayOrAnAddressOfOursThereIsNone() throws Exception {
        Namespace.run(() -> {
            assertEquals(OptionalInt.empty(), new PathMtu().of(ip("127.0.0.1"), ip("192.0.2.1")));
            assertEquals(OptionalInt.empty(), new PathMtu().of(ip("192.0.2.7"), ip("127.0.0.1")));
        });
    }
}
