package dev.torii.bgp.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AddressTextTest {
    private static String text(String prefix) { return AddressText.of(Prefix.parse(prefix).address()); }

    /** RFC 5952 section 4, and what inet_ntop makes of addresses inside addresses. */
    @Test void theLongestRunOfZeroGroupsIsLeftOut() {
        for (String address : new String[] {"::", "::1", "1::", "2001:db8::1", "2001:db8:0:1:1:1:1:1", "2001:db8::1:0:0:1", "2001:0:0:1::1", "fe80::5054:ff:fe12:3456",
            "1:2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:0", "1:2:3:4:5:6::", "::ffff:192.0.2.1", "::192.0.2.1", "::ffff:0:0:1", "::1:0:0:0"})
            assertEquals(address, text(address + "/128"));
        assertEquals("2001:db8::", text("2001:0DB8:0000:0000:0000:0000:0000:0000/32"));
        assertEquals("192.0.2.1", text("192.0.2.1/32"));
        assertEquals("::ffff:192.0.2.0/120", Prefix.parse("::ffff:c000:2ff/120").toString(), "an IPv4 address inside stays IPv6");
    }
}
