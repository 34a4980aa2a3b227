package dev.torii.cli.lab;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The article's network in namespaces.
 *
 * <pre>
 *  lic   192.168.2.124, 192.168.3.124        lic-srv
 *   |
 *  gw    192.168.2.1, 192.168.3.1, 192.168.1.1   on-premises router; 10.0.0.0/16 via 192.168.1.42
 *   |  \__ cpe  192.168.1.42 (ens3)          the host Torii runs on
 *  nat   203.0.113.10                        source NAT: the CPE's public address, which is also its IKE identity
 *   |
 *  inet  203.0.113.1, 198.51.100.1           the internet; counts what passes
 *   |  \
 *  oci1 198.51.100.11   oci2 198.51.100.12   OCI's two head ends (10.255.1.11, 10.255.1.12)
 *   |  /
 *  drg   10.255.1.1, 10.0.2.1, 10.0.1.1
 *   |  \
 *  cmp  10.0.2.74       bas 10.0.1.10        Compute, Bastion
 * </pre>
 */
public final class Topology implements AutoCloseable {
    /** The namespaces, from left to right. */
    public static final List<String> NAMES = List.of("lic", "gw", "cpe", "nat", "inet", "oci1", "oci2", "drg", "cmp", "bas");
    /** The licence server's address. */
    public static final String LIC = "192.168.2.124";
    /** Its second address. */
    public static final String LIC_SECOND = "192.168.3.124";
    /** The CPE's own address, behind the NAT. */
    public static final String CPE = "192.168.1.42";
    /** The CPE as the internet sees it. */
    public static final String CPE_PUBLIC = "203.0.113.10";
    /** The compute node's address. */
    public static final String COMPUTE = "10.0.2.74";
    /** The bastion's address. */
    public static final String BASTION = "10.0.1.10";
    /** The DRG's address towards the head ends. */
    public static final String DRG = "10.255.1.1";

    private static final String WIRES = """
            link add eth0 netns @lic type veth peer name lan2 netns @gw
            link add eth1 netns @lic type veth peer name lan3 netns @gw
            link add ens3 netns @cpe type veth peer name tocpe netns @gw
            link add up0 netns @gw type veth peer name in0 netns @nat
            link add out0 netns @nat type veth peer name tonat netns @inet
            link add wan netns @oci1 type veth peer name tooci1 netns @inet
            link add wan netns @oci2 type veth peer name tooci2 netns @inet
            link add vcn netns @oci1 type veth peer name tooci1 netns @drg
            link add vcn netns @oci2 type veth peer name tooci2 netns @drg
            link add eth0 netns @cmp type veth peer name vcn2 netns @drg
            link add eth0 netns @bas type veth peer name vcn1 netns @drg
            """;

    /** Interfaces (up), bridge ports, addresses and routes of each namespace, as iproute2 commands; {@code lo} is common to all. */
    private static final Map<String, String> INSIDE = Map.of(
            "lic", """
                    link set eth0 up
                    link set eth1 up
                    addr add 192.168.2.124/24 dev eth0
                    addr add 192.168.3.124/24 dev eth1
                    route add default via 192.168.2.1
                    """,
            "gw", """
                    link add brpub type bridge
                    link set tocpe master brpub
                    link set brpub up
                    link set tocpe up
                    link set lan2 up
                    link set lan3 up
                    link set up0 up
                    addr add 192.168.2.1/24 dev lan2
                    addr add 192.168.3.1/24 dev lan3
                    addr add 192.168.1.1/24 dev brpub
                    addr add 172.31.255.2/30 dev up0
                    route add default via 172.31.255.1
                    route add 10.0.0.0/16 via 192.168.1.42
                    """,
            "cpe", """
                    link set ens3 up
                    addr add 192.168.1.42/24 dev ens3
                    route add default via 192.168.1.1
                    """,
            "nat", """
                    link set in0 up
                    link set out0 up
                    addr add 172.31.255.1/30 dev in0
                    addr add 203.0.113.10/24 dev out0
                    route add default via 203.0.113.1
                    route add 192.168.0.0/16 via 172.31.255.2
                    """,
            "inet", """
                    link add brinet type bridge
                    link set tooci1 master brinet
                    link set tooci2 master brinet
                    link set brinet up
                    link set tooci1 up
                    link set tooci2 up
                    link set tonat up
                    addr add 203.0.113.1/24 dev tonat
                    addr add 198.51.100.1/24 dev brinet
                    """,
            "oci1", headEnd(1),
            "oci2", headEnd(2),
            "drg", """
                    link add brtr type bridge
                    link set tooci1 master brtr
                    link set tooci2 master brtr
                    link set brtr up
                    link set tooci1 up
                    link set tooci2 up
                    link set vcn1 up
                    link set vcn2 up
                    addr add 10.255.1.1/24 dev brtr
                    addr add 10.0.2.1/24 dev vcn2
                    addr add 10.0.1.1/24 dev vcn1
                    """,
            "cmp", """
                    link set eth0 up
                    addr add 10.0.2.74/24 dev eth0
                    route add default via 10.0.2.1
                    """,
            "bas", """
                    link set eth0 up
                    addr add 10.0.1.10/24 dev eth0
                    route add default via 10.0.1.1
                    """);

    private static final String NAT_RULES = """
            table ip nat {
              chain post {
                type nat hook postrouting priority srcnat; policy accept;
                oifname "out0" ip saddr 192.168.1.0/24 snat to 203.0.113.10
              }
            }
            """;

    private static final String SYSCTLS = """
            cd /proc/sys/net/ipv4
            echo 1 > ip_forward
            for scope in all default; do
              echo 0 > conf/$scope/rp_filter
              echo 0 > conf/$scope/send_redirects
              echo 0 > conf/$scope/accept_redirects
            done
            if [ -e /proc/sys/net/ipv6/conf/all/disable_ipv6 ]; then echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; fi
            """;

    private static final int FIRST_MAPPED = 20000;
    private static final int MAPPED = 5000;
    /** The port it came from, and the port that answers go to. */
    private static final Pattern MAPPING = Pattern.compile("sport=(\\d+) dport=4500 .*sport=4500 dport=(\\d+)");

    private final Namespaces namespaces;
    private int flushes;

    private Topology(Namespaces namespaces) {
        this.namespaces = namespaces;
    }

    /** Builds the network; what an earlier run of the same prefix left is removed first. Half a network is taken down again. */
    public static Topology up(String prefix, Path state) {
        var topology = new Topology(Namespaces.of(prefix, NAMES, state));
        try {
            topology.build();
            return topology;
        } catch (LabFailure e) {
            topology.close();
            throw e;
        }
    }

    /** The namespaces it is made of. */
    public Namespaces namespaces() {
        return namespaces;
    }

    /** The public address of head end 1 or 2. */
    public static String headEndAddress(int number) {
        return "198.51.100.1" + number;
    }

    /** The address of head end 1 or 2 towards the DRG. */
    public static String headEndInner(int number) {
        return "10.255.1.1" + number;
    }

    /** Takes the internet from a namespace that hangs on it ({@code oci1}, {@code oci2}, {@code nat}): packets vanish, nobody is told. */
    public void cut(String name) {
        underlay(name, "down");
    }

    /** Gives the internet back. */
    public void heal(String name) {
        underlay(name, "up");
    }

    /** The internet drops whatever goes to head end 1 or 2 or comes from it: no link goes down, nobody is told. */
    public void silence(int headEnd) {
        var rules = """
                table ip silence {
                  chain dropped {
                    type filter hook forward priority filter; policy accept;
                    ip daddr %1$s drop
                    ip saddr %1$s drop
                  }
                }
                """.formatted(headEndAddress(headEnd));
        namespaces.script("inet", heredoc("nft -f -", rules)).orFail("silence of head end " + headEnd);
    }

    /** It no longer does. */
    public void endSilence() {
        namespaces.script("inet", "nft delete table ip silence").orFail("end of the silence");
    }

    /** Where the DRG sends on-premises traffic when no routing protocol tells it: none, one or two head ends. */
    public void drgRoutes(List<String> nextHops) {
        var hops = new StringBuilder();
        nextHops.forEach(hop -> hops.append(" nexthop via ").append(hop));
        var command = nextHops.isEmpty() ? "ip route flush 192.168.0.0/16" : "ip route replace 192.168.0.0/16" + hops;
        namespaces.script("drg", command).orFail("routes of the DRG");
    }

    /**
     * The NAT forgets its mappings and maps UDP to other ports from now on, as if it had been restarted. The ports are below those that programs get by
     * themselves, which a NAT would keep, and at each flush others. Needs conntrack(8).
     */
    public void flushNat() {
        int first = FIRST_MAPPED + flushes % 2 * MAPPED;
        flushes++;
        namespaces.script("nat", """
                nft flush chain ip nat post
                nft add rule ip nat post oifname out0 ip saddr 192.168.1.0/24 ip protocol udp snat to 203.0.113.10:%d-%d
                nft add rule ip nat post oifname out0 ip saddr 192.168.1.0/24 snat to 203.0.113.10
                conntrack -F
                """.formatted(first, first + MAPPED - 1)).orFail("restarting the NAT");
    }

    /**
     * The public ports that the NAT has given to what the CPE sends to a head end's port 4500, by the port it is sent from. Needs conntrack(8).
     *
     * @param number 1 or 2
     */
    public Map<Integer, Integer> natPorts(int number) {
        var listed = namespaces.script("nat", "conntrack -L -p udp --dport 4500 --orig-src " + CPE + " --orig-dst " + headEndAddress(number))
                .orFail("asking the NAT").out();
        var ports = new TreeMap<Integer, Integer>();
        var mapping = MAPPING.matcher(listed);
        while (mapping.find()) ports.put(Integer.valueOf(mapping.group(1)), Integer.valueOf(mapping.group(2)));
        return ports;
    }

    /** Takes everything down: programs, namespaces, files. */
    @Override
    public void close() {
        namespaces.close();
    }

    private void build() {
        var commands = new StringBuilder();
        NAMES.forEach(name -> commands.append("netns add ").append(namespaces.name(name)).append('\n'));
        commands.append(WIRES.replace("@", namespaces.name("")));
        namespaces.batch(commands.toString());
        var scripts = new LinkedHashMap<String, String>();
        for (var name : NAMES) scripts.put(name, SYSCTLS + heredoc("ip -batch -", "link set lo up\n" + INSIDE.get(name)) + extra(name));
        namespaces.scripts(scripts);
        check();
    }

    private static String extra(String name) {
        return switch (name) {
            case "nat" -> heredoc("nft -f -", NAT_RULES);
            case "inet" -> heredoc("nft -f -", InternetWatch.RULES);
            default -> "";
        };
    }

    /** The underlay works and the two sites do not reach each other yet: otherwise the checks that follow would prove nothing. */
    private void check() {
        for (int number = 1; number <= 2; number++) {
            reaches("cpe", headEndAddress(number));
            reaches("cmp", headEndInner(number));
        }
        reaches("lic", CPE);
        if (namespaces.run("lic", Shell.SHORT, "ping", "-c1", "-W0.2", "-q", COMPUTE).ok()) {
            throw new LabFailure("lic-srv reaches Compute although there is no tunnel");
        }
    }

    private void reaches(String from, String address) {
        namespaces.run(from, Shell.SHORT, "ping", "-c1", "-W2", "-q", address).orFail(from + " does not reach " + address);
    }

    private void underlay(String name, String state) {
        var link = name.equals("nat") ? "tonat" : "to" + name;
        namespaces.script("inet", "ip link set " + link + " " + state).orFail("underlay of " + name);
    }

    private static String heredoc(String command, String input) {
        return command + " <<'END'\n" + input + "END\n";
    }

    private static String headEnd(int number) {
        return """
                link set wan up
                link set vcn up
                addr add 198.51.100.1@/24 dev wan
                addr add 10.255.1.1@/24 dev vcn
                route add default via 198.51.100.1
                route add 10.0.0.0/16 via 10.255.1.1
                """.replace("@", Integer.toString(number));
    }
}
