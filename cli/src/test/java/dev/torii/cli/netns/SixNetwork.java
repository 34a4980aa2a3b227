package dev.torii.cli.netns;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.Shell;
import java.util.LinkedHashMap;
import java.util.Map;

/** IPv6 in the article's network, beside IPv4 and at the same places. */
final class SixNetwork {
    static final String CPE = "2001:db8:1::42";
    static final String LIC = "fd00:2::124";
    static final String COMPUTE = "fd00:10:2::74";
    static final String LIC_SUBNET = "fd00:2::/64";
    static final String COMPUTE_SUBNET = "fd00:10:2::/64";

    private SixNetwork() {}

    /** The networks of both sites, which the tunnels join; nothing between the sites. */
    static void sites(Namespaces namespaces) {
        var inside = new LinkedHashMap<String, String>();
        inside.put("lic", """
                addr add fd00:2::124/64 dev eth0 nodad
                route add default via fd00:2::1
                """);
        inside.put("gw", """
                addr add fd00:2::1/64 dev lan2 nodad
                addr add fd00:1::1/64 dev brpub nodad
                route add fd00:10::/32 via fd00:1::42
                """);
        inside.put("cpe", """
                addr add fd00:1::42/64 dev ens3 nodad
                route add fd00:2::/64 via fd00:1::1
                """);
        for (int number = 1; number <= 2; number++) {
            inside.put("oci" + number, """
                    addr add fd00:255::1%d/64 dev vcn nodad
                    route add fd00:10::/32 via fd00:255::1
                    """.formatted(number));
        }
        inside.put("drg", """
                addr add fd00:255::1/64 dev brtr nodad
                addr add fd00:10:2::1/64 dev vcn2 nodad
                route add fd00:2::/64 via fd00:255::11
                """);
        inside.put("cmp", """
                addr add fd00:10:2::74/64 dev eth0 nodad
                route add default via fd00:10:2::1
                """);
        apply(namespaces, inside);
    }

    /** The internet between the CPE and the head ends, without a NAT. */
    static void internet(Namespaces namespaces) {
        var outside = new LinkedHashMap<String, String>();
        outside.put("gw", """
                addr add 2001:db8:1::1/64 dev brpub nodad
                addr add 2001:db8:ff::2/64 dev up0 nodad
                route add default via 2001:db8:ff::1
                """);
        outside.put("cpe", """
                addr add 2001:db8:1::42/64 dev ens3 nodad
                route add default via 2001:db8:1::1
                """);
        outside.put("nat", """
                addr add 2001:db8:ff::1/64 dev in0 nodad
                addr add 2001:db8:203::10/64 dev out0 nodad
                route add default via 2001:db8:203::1
                route add 2001:db8:1::/64 via 2001:db8:ff::2
                """);
        outside.put("inet", """
                addr add 2001:db8:203::1/64 dev tonat nodad
                addr add 2001:db8:198::1/64 dev brinet nodad
                route add 2001:db8:1::/64 via 2001:db8:203::10
                route add 2001:db8:ff::/64 via 2001:db8:203::10
                """);
        for (int number = 1; number <= 2; number++) {
            outside.put("oci" + number, """
                    addr add %s/64 dev wan nodad
                    route add default via 2001:db8:198::1
                    """.formatted(headEnd(number)));
        }
        apply(namespaces, outside);
        for (int number = 1; number <= 2; number++) {
            int head = number;
            Await.until("head end " + head + " by IPv6", Shell.SHORT, () -> Ping.answered(namespaces, "cpe", headEnd(head)), () -> "no answer");
        }
    }

    /** The public address of head end 1 or 2. */
    static String headEnd(int number) {
        return "2001:db8:198::1" + number;
    }

    private static void apply(Namespaces namespaces, Map<String, String> commands) {
        commands.forEach((name, batch) -> namespaces.script(name, "echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6\n"
                + "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding\nip -6 -batch - <<'END'\n" + batch + "END\n").orFail("IPv6 in " + name));
    }
}
