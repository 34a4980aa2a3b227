package dev.torii.cli.netns;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Ike;
import dev.torii.cli.lab.LabFiles;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.OciSide;
import dev.torii.cli.lab.StrongswanOciSide;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.ToriiOciSide;
import dev.torii.cli.lab.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/** The article's network with OCI's side running, and Torii as the CPE on the article's files once a test starts it. */
final class Vpn implements AutoCloseable {
    /** How long tunnels and routes may take to come up. */
    static final Duration UP = Duration.ofSeconds(60);

    /** Before each name, so that two runs can share a machine: the property torii.run. */
    private static final String RUN = System.getProperty("torii.run", "");

    private final Topology topology;
    private final Mode mode;
    private final LabFiles files;

    private Vpn(Topology topology, Mode mode, Ike ike) {
        this.files = LabFiles.withRandomSecrets().speaking(ike);
        this.topology = topology;
        this.mode = mode;
    }

    /** The network alone; {@code prefix} is one test class's own. */
    static Vpn network(String prefix, Mode mode) {
        return network(prefix, mode, Ike.V1);
    }

    /** The same with a version of IKE. */
    static Vpn network(String prefix, Mode mode, Ike ike) {
        var name = RUN + prefix;
        return new Vpn(Topology.up(name, Path.of("/run/torii-test", name)), mode, ike);
    }

    Topology topology() {
        return topology;
    }

    Namespaces namespaces() {
        return topology.namespaces();
    }

    LabFiles files() {
        return files;
    }

    /** Starts strongSwan and FRR as OCI's side. */
    StrongswanOciSide strongswan() {
        var oci = new StrongswanOciSide(topology, mode, files);
        oci.start();
        return oci;
    }

    /** Starts Torii as OCI's side. */
    OciSide torii() {
        var oci = new ToriiOciSide(topology, mode, files);
        oci.start();
        return oci;
    }

    /** Starts the CPE with the article's files and waits until it is ready. */
    ToriiDaemon startCpe(String... more) {
        files.writeCpe(ToriiDaemon.root(namespaces(), "cpe"), mode);
        return ToriiDaemon.start(namespaces(), "cpe", more).awaitReady();
    }

    /** Waits until both tunnels carry packets for 10.0.2.0/24 in the CPE's routing table. */
    void awaitBothNextHops(ToriiDaemon cpe) {
        Await.until("10.0.2.0/24 over both tunnels", UP, () -> routes().contains("vti01") && routes().contains("vti02"), evidence(cpe));
    }

    /** Waits until lic-srv and Compute reach each other. */
    void awaitPing(ToriiDaemon cpe) {
        Await.until("a ping from lic-srv to Compute", UP, () -> Ping.answered(namespaces(), "lic", Topology.COMPUTE), evidence(cpe));
        Await.until("a ping from Compute to lic-srv", UP, () -> Ping.answered(namespaces(), "cmp", Topology.LIC), evidence(cpe));
    }

    /** The CPE's kernel routes to Compute's subnet. */
    String routes() {
        return namespaces().script("cpe", "ip route show 10.0.2.0/24").out();
    }

    /** The CPE's device that a ping from lic-srv to Compute is hashed to: losing the other would prove nothing. */
    String carrying() {
        var route = namespaces().script("cpe", "ip route get " + Topology.COMPUTE + " from " + Topology.LIC + " iif ens3").orFail("ip route get").out();
        return route.replaceFirst("(?s).* dev (\\S+).*", "$1");
    }

    /** What to read when something does not happen. */
    Supplier<String> evidence(ToriiDaemon cpe) {
        return () -> cpe.torii("status").text() + "\n" + routes() + "\n" + cpe.job().tail(40);
    }

    @Override
    public void close() {
        topology.close();
    }
}
