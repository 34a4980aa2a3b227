package dev.torii.esp;

import static dev.torii.esp.Packets.ICMP;
import static dev.torii.esp.Packets.TCP;
import static dev.torii.esp.Packets.UDP;
import static dev.torii.esp.Packets.address;
import static dev.torii.esp.Packets.header;
import static dev.torii.esp.Packets.ipv4;
import static dev.torii.esp.Packets.ipv6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SelectorTest {
    private static PacketHeader from(String source) {
        return header(ipv4(source, "10.9.9.9", UDP, 1000, 53, 60));
    }

    private static PacketHeader from6(String source) {
        return header(ipv6(source, "2001:db8:9::9", UDP, 1000, 53, 80));
    }

    private static Selector prefix(String text) {
        String[] part = text.split("/");
        return Selector.ofPrefix(address(part[0]), Integer.parseInt(part[1]));
    }

    @Test void ipv4PrefixesMatchToTheBit() {
        var s = prefix("192.168.2.77/24");
        assertTrue(s.matchesSource(from("192.168.2.0")));
        assertTrue(s.matchesSource(from("192.168.2.255")));
        assertFalse(s.matchesSource(from("192.168.1.255")));
        assertFalse(s.matchesSource(from("192.168.3.0")));
        assertFalse(s.matchesDestination(from("192.168.2.1")));
        assertTrue(prefix("10.9.9.9/32").matchesDestination(from("1.2.3.4")));
        assertFalse(prefix("10.9.9.8/32").matchesDestination(from("1.2.3.4")));
    }

    @Test void anyIpv4MatchesHighAddressesAndNoIpv6() {
        assertTrue(Sas.ANY4.matchesSource(from("0.0.0.0")));
        assertTrue(Sas.ANY4.matchesSource(from("255.255.255.255")));
        assertFalse(Sas.ANY4.matchesSource(from6("::1")));
        assertFalse(Sas.ANY6.matchesSource(from("1.2.3.4")));
    }

    @Test void ipv6PrefixesMatchOnBothSidesOfTheMiddle() {
        for (String p : List.of("2001:db8:1:2::/64", "2001:db8:1:2::/63", "2001:db8:1:2::/48"))
            assertTrue(prefix(p).matchesSource(from6("2001:db8:1:2:ffff::1")), p);
        assertFalse(prefix("2001:db8:1:2::/64").matchesSource(from6("2001:db8:1:3::1")));
        assertTrue(prefix("2001:db8::ff00/120").matchesSource(from6("2001:db8::ffaa")));
        assertFalse(prefix("2001:db8::ff00/120").matchesSource(from6("2001:db8::fe00")));
        assertTrue(prefix("::/0").matchesSource(from6("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")));
        assertTrue(prefix("fe80::1/128").matchesSource(from6("fe80::1")));
        assertFalse(prefix("fe80::1/128").matchesSource(from6("fe80::2")));
    }

    @Test void rangesIncludeBothEnds() {
        var s = Selector.ofRange(address("10.0.0.5"), address("10.0.0.7"), Selector.ANY, 0, 65535);
        assertEquals(List.of(false, true, true, true, false),
                Stream.of(4, 5, 6, 7, 8).map(i -> s.matchesSource(from("10.0.0." + i))).toList());
    }

    @Test void protocolAndPortMustBothMatch() {
        var dns = Selector.ofPrefix(address("0.0.0.0"), 0, UDP, 53);
        assertTrue(dns.matchesDestination(header(ipv4("1.1.1.1", "2.2.2.2", UDP, 1000, 53, 40))));
        assertFalse(dns.matchesDestination(header(ipv4("1.1.1.1", "2.2.2.2", UDP, 53, 1000, 40))));
        assertTrue(dns.matchesSource(header(ipv4("1.1.1.1", "2.2.2.2", UDP, 53, 1000, 40))));
        assertFalse(dns.matchesDestination(header(ipv4("1.1.1.1", "2.2.2.2", TCP, 1000, 53, 40))));
        assertFalse(dns.matchesDestination(header(ipv4("1.1.1.1", "2.2.2.2", ICMP, 1000, 53, 40))));
    }

    @Test void aLaterFragmentMatchesAnyPortOnly() {
        var fragment = ipv4("1.1.1.1", "2.2.2.2", UDP, 1000, 53, 40).putShort(6, (short) 0x2001);       // more fragments, offset 8
        assertFalse(Selector.ofPrefix(address("0.0.0.0"), 0, UDP, 53).matchesDestination(header(fragment)));
        assertTrue(Selector.ofPrefix(address("0.0.0.0"), 0, UDP, Selector.ANY).matchesDestination(header(fragment)));
        fragment.putShort(6, (short) 0x2000);                                                           // the first one has its ports
        assertTrue(Selector.ofPrefix(address("0.0.0.0"), 0, UDP, 53).matchesDestination(header(fragment)));
    }

    @Test void aHeaderTooShortForPortsMatchesAnyPortOnly() {
        var stump = header(ipv4("1.1.1.1", "2.2.2.2", UDP, 0, 0, 22));
        assertFalse(Selector.ofPrefix(address("0.0.0.0"), 0, UDP, 53).matchesDestination(stump));
        assertTrue(Selector.ofPrefix(address("0.0.0.0"), 0, UDP, Selector.ANY).matchesDestination(stump));
    }

    @Test void portZeroIsAPortLikeAnyOtherInARange() {
        var low = Selector.ofRange(address("0.0.0.0"), address("255.255.255.255"), UDP, 0, 10);
        assertTrue(low.matchesDestination(header(ipv4("1.1.1.1", "2.2.2.2", UDP, 1, 0, 40))));
        assertFalse(low.matchesDestination(header(ipv4("1.1.1.1", "2.2.2.2", UDP, 1, 0, 22))));         // no port is not port 0
    }

    @Test void protocolAndPortsAreFoundBehindIpv6ExtensionHeaders() {
        var packet = ipv6("2001:db8::1", "2001:db8::2", 0, 0, 0, 40 + 8 + 16 + 8 + 20);
        int at = 40;
        packet.put(at, (byte) 60).put(at + 1, (byte) 0);                                                // hop-by-hop, 8 bytes
        packet.put(at + 8, (byte) 44).put(at + 9, (byte) 1);                                            // destination options, 16 bytes
        packet.put(at + 24, (byte) UDP).putShort(at + 26, (short) 1);                                   // fragment, offset 0, more
        packet.putShort(at + 32, (short) 1000).putShort(at + 34, (short) 53);
        var dns = Selector.ofPrefix(address("::"), 0, UDP, 53);
        assertTrue(dns.matchesDestination(header(packet)));
        packet.putShort(at + 26, (short) (8 | 1));                                                      // offset 8
        assertFalse(dns.matchesDestination(header(packet)));
        assertTrue(Selector.ofPrefix(address("::"), 0, UDP, Selector.ANY).matchesDestination(header(packet)));
    }

    @Test void anExtensionHeaderChainThatLeavesThePacketHasNoPorts() {
        var packet = ipv6("2001:db8::1", "2001:db8::2", 0, 0, 0, 40 + 8);
        packet.put(40, (byte) UDP).put(41, (byte) 255);
        assertFalse(Selector.ofPrefix(address("::"), 0, UDP, 53).matchesDestination(header(packet)));
    }

    @Test void narrowerIsMoreSpecific() {
        var sorted = Stream.of(prefix("0.0.0.0/0"), prefix("10.0.0.0/8"), Selector.ofPrefix(address("10.0.0.0"), 8, UDP, Selector.ANY),
                Selector.ofPrefix(address("10.0.0.0"), 8, UDP, 53),
                prefix("10.1.0.0/16"), prefix("::/0"), prefix("2001:db8::/32"), prefix("::1/128"))
                .sorted(Selector.MOST_SPECIFIC_FIRST).map(Selector::toString).toList();
        assertEquals(List.of("0:0:0:0:0:0:0:1/128", "10.1.0.0/16", "10.0.0.0/8/17:53", "10.0.0.0/8/17", "10.0.0.0/8", "0.0.0.0/0",
                "2001:db8:0:0:0:0:0:0/32", "0:0:0:0:0:0:0:0/0"), sorted);
    }

    @Test void itPrintsAsPrefixOrRange() {
        assertEquals("192.168.2.0/24", prefix("192.168.2.7/24").toString());
        assertEquals("10.0.0.1/32", prefix("10.0.0.1/32").toString());
        assertEquals("10.0.0.1-10.0.0.2", Selector.ofRange(address("10.0.0.1"), address("10.0.0.2"), 0, 0, 65535).toString());
        assertEquals("10.0.0.2/31", Selector.ofRange(address("10.0.0.2"), address("10.0.0.3"), 0, 0, 65535).toString());
        assertEquals("10.0.0.0/8/any:5-9", Selector.ofRange(address("10.0.0.0"), address("10.255.255.255"), 0, 5, 9).toString());
        assertEquals("192.168.2.0/24 === 10.0.0.0/16", Sas.between("192.168.2.0", 24, "10.0.0.0", 16).toString());
    }

    @Test void nonsenseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> prefix("10.0.0.0/33"));
        assertThrows(IllegalArgumentException.class, () -> prefix("10.0.0.0/-1"));
        assertThrows(IllegalArgumentException.class, () -> Selector.ofRange(address("10.0.0.2"), address("10.0.0.1"), 0, 0, 65535));
        assertThrows(IllegalArgumentException.class, () -> Selector.ofRange(address("10.0.0.2"), address("::1"), 0, 0, 65535));
        assertThrows(IllegalArgumentException.class, () -> Selector.ofPrefix(address("10.0.0.0"), 8, 256, 0));
        assertThrows(IllegalArgumentException.class, () -> Selector.ofPrefix(address("10.0.0.0"), 8, UDP, 65536));
    }

    @Test void cutShortOrContradictoryPacketsDoNotParse() {
        var header = new PacketHeader();
        assertFalse(header.parse(ByteBuffer.allocate(0)));
        for (var whole : List.of(ipv4(100), ipv6("::1", "::2", UDP, 1, 2, 100))) {
            for (int length = 0; length < 100; length++) assertFalse(header.parse(whole.duplicate().limit(length)), "length " + length);
            assertTrue(header.parse(whole));
            assertEquals(100, header.totalBytes());
            assertTrue(header.parse(whole.duplicate().limit(110)));
            assertEquals(100, header.totalBytes());
        }
        assertFalse(header.parse(ipv4(100).put(0, (byte) 0x44)));               // header of 16 bytes
        assertFalse(header.parse(ipv4(40).put(0, (byte) 0x4F)));                // header longer than the packet
        assertFalse(header.parse(ipv4(100).put(0, (byte) 0x55)));
    }

    @Test void theTrafficClassIsReadFromBothFamilies() {
        assertEquals(0xB9, header(ipv4(60).put(1, (byte) 0xB9)).trafficClass());
        assertEquals(0xB9, header(ipv6("::1", "::2", UDP, 1, 2, 60).put(0, (byte) 0x6B).put(1, (byte) 0x9F)).trafficClass());
    }
}
