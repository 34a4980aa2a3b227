package dev.torii.cli.lab;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The article's chapters 6 and 7: what its reader types to see that the VPN works, and what must come back. */
final class Checks {
    private static final Duration TUNNELS = Duration.ofSeconds(30);
    private static final Duration ROUTES = Duration.ofSeconds(60);
    private static final int THROUGHPUT_SECONDS = 3;
    private static final Pattern TTL = Pattern.compile("bytes from \\S+ icmp_seq=1 ttl=\\d+");

    private final Topology topology;
    private final Mode mode;
    private final Ike ike;
    private final ToriiDaemon cpe;
    private final OciSide oci;
    private final Steps steps;
    private final TrafficCheck traffic;

    Checks(Topology topology, Mode mode, Ike ike, ToriiDaemon cpe, OciSide oci, Steps steps) {
        this.topology = topology;
        this.mode = mode;
        this.ike = ike;
        this.cpe = cpe;
        this.oci = oci;
        this.steps = steps;
        this.traffic = new TrafficCheck(cpe, new InternetWatch(topology.namespaces()), steps);
    }

    /** All of them, in the article's order; the first that fails ends it. */
    void all() {
        steps.heading("Chapter 6: the connection");
        tunnelsAreActive();
        if (mode == Mode.BGP) {
            bgpIsEstablished();
            ociReceivedTheRoutes();
        }
        drgSendsToBoth();
        var machines = List.of(new RemoteLogin.Host("cmp", "compute"), new RemoteLogin.Host("lic", "lic-srv"));
        var login = RemoteLogin.start(topology.namespaces(), machines);
        steps.heading("Chapter 7: lic-srv -> Compute");
        ping("lic", "lic-srv", Topology.COMPUTE);
        login(login, "lic", "lic-srv", Topology.COMPUTE, "compute");
        steps.heading("Chapter 7: Compute -> lic-srv");
        ping("cmp", "compute", Topology.LIC);
        login(login, "cmp", "compute", Topology.LIC, "lic-srv");
        throughput();
    }

    private void tunnelsAreActive() {
        var wanted = "Total IPsec connections: loaded 2, active 2";
        steps.step("both tunnels are active", () -> Await.until(wanted, TUNNELS, () -> status().contains(wanted), this::status));
        steps.console("cpe", "torii status | grep active", grep(status(), "active"));
        if (IntStream.rangeClosed(1, 2).anyMatch(number -> !spoken().contains("oracle-tunnel-" + number))) {
            throw new LabFailure("not in the CPE's log for both tunnels: " + ike.logged());
        }
        steps.line("      IKE" + ike.name().toLowerCase(Locale.ROOT) + " in both tunnels, says the CPE's log");
    }

    private void bgpIsEstablished() {
        steps.step("both BGP sessions are established",
                () -> Await.until("2 established BGP sessions with 2 prefixes each", ROUTES, this::bothSessionsUp, this::summary));
        steps.console("cpe", "torii show bgp summary", summary());
    }

    private void ociReceivedTheRoutes() {
        var wanted = List.of("192.168.2.0/24", "192.168.3.0/24");
        for (int number = 1; number <= 2; number++) {
            int tunnel = number;
            steps.step("OCI received the on-premises routes over tunnel " + tunnel,
                    () -> Await.until(wanted + " at OCI over tunnel " + tunnel, ROUTES, () -> oci.receivedRoutes(tunnel).containsAll(wanted),
                            () -> "received: " + oci.receivedRoutes(tunnel)));
            steps.line("      OCI console, tunnel " + tunnel + ", BGP routes received: " + String.join(", ", oci.receivedRoutes(tunnel)));
        }
    }

    private void drgSendsToBoth() {
        steps.step("the DRG sends to both head ends", () -> Await.until("two next hops for 192.168.2.0/24 at the DRG", ROUTES,
                oci::drgUsesBoth, () -> topology.namespaces().script("drg", "ip route").out()));
    }

    private void ping(String from, String shownAs, String to) {
        var answer = traffic.watched("ping " + to, () -> topology.namespaces().run(from, Shell.SHORT, "ping", "-c", "1", "-W", "5", to));
        steps.console(shownAs, "ping -c 1 " + to, answer.text());
        if (!answer.ok() || !TTL.matcher(answer.out()).find()) throw new LabFailure("ping " + to + " from " + shownAs + " got no answer");
    }

    private void login(RemoteLogin login, String from, String shownAs, String to, String wanted) {
        var answer = traffic.watched(login.shown(to), () -> login.hostname(from, to));
        steps.console(shownAs, login.shown(to), answer.text());
        if (!answer.ok() || !answer.out().strip().equals(wanted)) {
            throw new LabFailure(login.shown(to) + " from " + shownAs + " answered \"" + answer.text() + "\" instead of \"" + wanted + "\"");
        }
    }

    private void throughput() {
        var throughput = new Throughput(topology.namespaces());
        steps.heading("Throughput, TCP, " + THROUGHPUT_SECONDS + " s each way (" + throughput.tool() + ")");
        double out = traffic.watched("throughput", () -> throughput.measure("lic", "cmp", Topology.COMPUTE, THROUGHPUT_SECONDS));
        steps.line(String.format(Locale.ROOT, "lic-srv -> Compute  %.0f Mbit/s", out / 1e6));
        double in = traffic.watched("throughput", () -> throughput.measure("cmp", "lic", Topology.LIC, THROUGHPUT_SECONDS));
        steps.line(String.format(Locale.ROOT, "Compute -> lic-srv  %.0f Mbit/s", in / 1e6));
    }

    /** A neighbour's row ends with State/PfxRcd and PfxSnt: a number in place of a state means Established. */
    private boolean bothSessionsUp() {
        var summary = summary();
        return IntStream.rangeClosed(1, 2).allMatch(number -> summary.lines()
                .filter(line -> line.startsWith(Addresses.headEndInTunnel(number) + " "))
                .map(line -> line.trim().split("\\s+"))
                .anyMatch(row -> row.length > 10 && row[9].equals("2") && row[10].equals("2")));
    }

    /** The log's lines of the version that was asked for. */
    private String spoken() {
        return grep(cpe.job().output(), ike.logged());
    }

    private String status() {
        return cpe.torii("status").text();
    }

    private String summary() {
        return cpe.torii("show", "bgp", "summary").text();
    }

    private static String grep(String text, String word) {
        return String.join("\n", text.lines().filter(line -> line.contains(word)).toList());
    }
}
