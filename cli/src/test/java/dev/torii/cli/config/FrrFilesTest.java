package dev.torii.cli.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of FRR's files count, and whether BGP runs. */
class FrrFilesTest {
    /** Every form of line that the file of the packages has. */
    static final String STOCK_DAEMONS = """
            # which daemons run
            #
            bgpd=no
            ospfd=no
            ospf6d=no

            # options
            vtysh_enable=yes
            zebra_options="  -A 127.0.0.1 -s 90000000"
            bgpd_options="   -A 127.0.0.1"
            staticd_options="-A 127.0.0.1"
            #frr_profile="datacenter"
            #MAX_FDS=1024
            # watchfrr_options="--netns"
            #all_wrap=""
            """;
    private static final String BGP = """
            router bgp 65000
             no bgp ebgp-requires-policy
             neighbor 192.168.254.2 remote-as 31898
            """;

    @TempDir
    Path root;
    private Site site;

    @BeforeEach
    void makeRoot() { site = new Site(root); }

    @Test
    void anEmptyRootIsAnEmptySite() {
        var config = site.load();
        assertEquals(List.of(), config.tunnels());
        assertEquals(Optional.empty(), config.bgp());
        assertEquals(List.of(), config.warnings());
    }

    @Test
    void bgpdsOptionNoKernelKeepsWhatItLearnsOutOfTheKernel() {
        site.file("/etc/frr/bgpd.conf", BGP);
        for (String options : List.of("-n", "  -A 127.0.0.1 --no_kernel", "'-n -A 127.0.0.1'"))
            assertFalse(site.file("/etc/frr/daemons", "bgpd=yes\nbgpd_options=" + (options.startsWith("'") ? options : '"' + options + '"') + "\n").load().bgpInKernel(), options);
        for (String options : List.of("", "-A 127.0.0.1", "--nonsense"))
            assertTrue(site.file("/etc/frr/daemons", "bgpd=yes\nbgpd_options=\"" + options + "\"\n").load().bgpInKernel(), options);
    }

    @Test
    void bgpdNoMeansOneWarningAndNoBgp() {
        site.file("/etc/frr/daemons", STOCK_DAEMONS).file("/etc/frr/bgpd.conf", BGP).file("/etc/frr/staticd.conf", "ip route 10.9.0.0/16 192.168.1.1\n");
        assertEquals(List.of("/etc/frr/daemons:3:1: BGP is configured at /etc/frr/bgpd.conf:1:1 but not started"), site.warnings());
        assertEquals(Optional.empty(), site.load().bgp());
        assertEquals(1, site.load().staticRoutes().size());
    }

    @Test
    void withoutADaemonsFileBgpIsStartedWithAWarning() {
        site.file("/etc/frr/bgpd.conf", BGP);
        assertTrue(site.load().bgp().isPresent());
        assertEquals(List.of("/etc/frr/bgpd.conf:1:1: there is no /etc/frr/daemons; BGP is started because this is here"), site.warnings());
    }

    @Test
    void aDaemonsFileWithoutBgpdMeansNo() {
        site.file("/etc/frr/daemons", "zebra=yes\n").file("/etc/frr/bgpd.conf", BGP);
        assertEquals(Optional.empty(), site.load().bgp());
    }

    @Test
    void thePackagesFrrConfDoesNotPutThePerDaemonFilesOutOfUse() {
        site.file("/etc/frr/frr.conf", "# default\nlog syslog informational\n").bgpd(BGP);
        assertEquals(65000, site.load().bgp().orElseThrow().localAs());
    }

    @Test
    void anIntegratedFrrConfIsUsed() {
        site.file("/etc/frr/frr.conf", "frr version 8.4.4\nfrr defaults traditional\nhostname cpe\n!\nip route 10.9.0.0/16 Null0\n!\n" + BGP + "exit\n!\nend\n").file("/etc/frr/daemons", "bgpd=yes\n");
        var config = site.load();
        assertEquals(Optional.of("cpe"), config.hostname());
        assertTrue(config.staticRoutes().getFirst().drops());
        assertEquals(65000, config.bgp().orElseThrow().localAs());
        assertEquals(List.of(), config.warnings());
    }

    @Test
    void routingInBothKindsOfFilesIsRefusedWithBothNamed() {
        site.file("/etc/frr/frr.conf", "hostname cpe\n" + BGP).bgpd("!\n" + BGP).file("/etc/frr/staticd.conf", "ip route 10.9.0.0/16 192.168.1.1\n");
        String where = "routing is configured here and in /etc/frr/frr.conf:2:1; FRR would use one of the two files only | move everything into /etc/frr/frr.conf, or empty it and keep the files of the daemons";
        assertEquals(List.of("/etc/frr/bgpd.conf:2:1: " + where, "/etc/frr/staticd.conf:1:1: " + where), site.problems());
    }

    @Test
    void aDaemonsFileThatIsNoneIsRefused() {
        site.file("/etc/frr/daemons", "bgpd=yes\n  bgpd yes\n");
        assertEquals(List.of("/etc/frr/daemons:2:3: not KEY=value | write a line like bgpd=yes, or put a # before it"), site.problems());
    }

    @Test
    void theDatacenterProfileChangesTimersAndPolicy() {
        site.file("/etc/frr/daemons", "bgpd=yes\nfrr_profile=\"datacenter\"\n").file("/etc/frr/bgpd.conf", "router bgp 65000\n neighbor 192.168.254.2 remote-as 31898\n");
        var bgp = site.load().bgp().orElseThrow();
        assertFalse(bgp.ebgpRequiresPolicy());
        assertEquals(3, bgp.peers().getFirst().keepalive().toSeconds());
        assertEquals(9, bgp.peers().getFirst().hold().toSeconds());
        assertEquals(10, bgp.peers().getFirst().connectRetry().toSeconds());
    }
}
