package dev.torii.cli.lab;

/** What OCI's side says in BGP, as FRR files: both Torii and FRR play it. */
public final class OciRouting {
    /** OCI's AS number. */
    public static final long AS = 31898;
    /** The head ends' staticd.conf: the VCN is behind the DRG, which makes its prefixes announceable. */
    public static final String HEAD_END_STATIC_ROUTES = """
            ip route 10.0.2.0/24 10.255.1.1
            ip route 10.0.1.0/24 10.255.1.1
            """;

    /** FRR otherwise collects routes for a second before it tells a new neighbour of them. */
    private static final String FRR_AT_ONCE = " coalesce-time 100\n";

    private OciRouting() {}

    /**
     * A head end's bgpd.conf: the VCN to the CPE, on-premises to the DRG. {@code quick} gives FRR short timers; a route-map that follows its use
     * would take effect after five seconds there.
     */
    public static String headEndBgp(int number, boolean quick) {
        var cpe = Addresses.cpeInTunnel(number);
        return """
                ip prefix-list VCN permit 10.0.2.0/24
                ip prefix-list VCN permit 10.0.1.0/24
                ip prefix-list ON-PREMISES permit 192.168.2.0/24
                ip prefix-list ON-PREMISES permit 192.168.3.0/24
                !
                route-map VCN permit 10
                 match ip address prefix-list VCN
                !
                route-map ON-PREMISES permit 10
                 match ip address prefix-list ON-PREMISES
                !
                route-map ALLOW-ALL permit 100
                !
                router bgp 31898
                 bgp router-id %1$s
                 neighbor %2$s remote-as 65000
                 neighbor 10.255.1.1 remote-as 31898
                %3$s address-family ipv4 unicast
                  network 10.0.2.0/24
                  network 10.0.1.0/24
                  neighbor %2$s next-hop-self
                  neighbor %2$s soft-reconfiguration inbound
                  neighbor %2$s route-map ALLOW-ALL in
                  neighbor %2$s route-map VCN out
                  neighbor 10.255.1.1 next-hop-self
                  neighbor 10.255.1.1 route-map ON-PREMISES out
                 exit-address-family
                """.formatted(Addresses.headEndInTunnel(number), cpe, quick ? FRR_AT_ONCE + timers(cpe) + timers(Topology.DRG) : redial(Topology.DRG));
    }

    /** A head end's bgpd.conf in the static case: it tells the DRG of the on-premises subnet while its tunnel is up. */
    static String headEndStatic(int number) {
        return """
                router bgp 31898
                 bgp router-id %s
                 neighbor 10.255.1.1 remote-as 31898
                 neighbor 10.255.1.1 timers connect 5
                 address-family ipv4 unicast
                  network 192.168.2.0/24
                  neighbor 10.255.1.1 next-hop-self
                 exit-address-family
                """.formatted(Topology.headEndInner(number));
    }

    /** The DRG's bgpd.conf: it learns on-premises prefixes from both head ends. */
    public static String drgBgp(boolean quick) {
        return """
                router bgp 31898
                 bgp router-id 10.255.1.1
                 neighbor 10.255.1.11 remote-as 31898
                 neighbor 10.255.1.12 remote-as 31898
                %s address-family ipv4 unicast
                  neighbor 10.255.1.11 soft-reconfiguration inbound
                  neighbor 10.255.1.12 soft-reconfiguration inbound
                 exit-address-family
                """.formatted(quick ? FRR_AT_ONCE + timers(Topology.headEndInner(1)) + timers(Topology.headEndInner(2))
                : redial(Topology.headEndInner(1)) + redial(Topology.headEndInner(2)));
    }

    private static String timers(String neighbour) {
        return " neighbor " + neighbour + " timers 3 9\n" + redial(neighbour);
    }

    /** Within OCI nobody waits two minutes, FRR's default, for a neighbour that restarts. */
    private static String redial(String neighbour) {
        return " neighbor " + neighbour + " timers connect 5\n";
    }
}
