package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.bgp.BgpConfig;
import dev.torii.cli.config.Host;
import dev.torii.cli.config.SiteConfig;
import dev.torii.cli.rib.Hosts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlternativesTest {
    @TempDir private Path root;

    private static String conn(int number, String remoteSubnet) {
        return """
                conn c%1$d
                     left=192.168.1.42
                     right=198.51.100.%1$d
                     authby=secret
                     leftsubnet=0.0.0.0/0
                     rightsubnet=%2$s
                     auto=start
                     vti-interface=vti%1$d
                     leftvti=192.168.254.%3$d/30
                """.formatted(number, remoteSubnet, 4 * number - 3);
    }

    private List<Set<Integer>> alternatives(String conns, String frr) throws Exception {
        Files.createDirectories(root.resolve("etc/frr"));
        Files.writeString(root.resolve("etc/ipsec.conf"), conns);
        Files.writeString(root.resolve("etc/ipsec.secrets"), ": PSK \"a secret\"\n");
        Files.setPosixFilePermissions(root.resolve("etc/ipsec.secrets"), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(root.resolve("etc/frr/daemons"), "bgpd=yes\n");
        Files.writeString(root.resolve("etc/frr/frr.conf"), frr);
        var config = SiteConfig.load(root, Host.of(Hosts.address("192.168.1.42")));
        var found = Alternatives.of(config.tunnels(), config.staticRoutes(), config.bgp().map(BgpConfig::peers).orElse(List.of()));
        var all = IntStream.range(0, config.tunnels().size()).mapToObj(tunnel -> found.of(tunnel).collect(Collectors.toSet())).toList();
        assertEquals(all.stream().allMatch(Set::isEmpty), found.isEmpty());
        return all;
    }

    @Test void tunnelsForTheSameSubnetStandInForEachOther() throws Exception {
        assertEquals(List.of(Set.of(2), Set.of(), Set.of(0)), alternatives(conn(1, "10.0.2.0/24") + conn(2, "10.0.3.0/24") + conn(3, "10.0.2.0/24"), ""));
    }

    @Test void tunnelsForEverythingDoOnlyWhereSomethingIsRoutedOverBoth() throws Exception {
        var conns = conn(1, "0.0.0.0/0") + conn(2, "0.0.0.0/0") + conn(3, "0.0.0.0/0");
        assertEquals(List.of(Set.of(), Set.of(), Set.of()), alternatives(conns, ""));
        assertEquals(List.of(Set.of(1), Set.of(0), Set.of()), alternatives(conns, """
                ip route 10.0.2.0/24 192.168.254.2
                ip route 10.0.2.0/24 vti2
                ip route 10.0.3.0/24 192.168.254.10
                """));
    }

    @Test void soDoThoseWithABgpNeighbourBehindThem() throws Exception {
        assertEquals(List.of(Set.of(2), Set.of(), Set.of(0)), alternatives(conn(1, "0.0.0.0/0") + conn(2, "0.0.0.0/0") + conn(3, "0.0.0.0/0"), """
                router bgp 65000
                 neighbor 192.168.254.2 remote-as 31898
                 neighbor 192.168.254.10 remote-as 31898
                """));
    }
}
