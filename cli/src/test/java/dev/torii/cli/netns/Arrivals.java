package dev.torii.cli.netns;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Job;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.Topology;
import java.time.Duration;
import java.util.List;

/** When the requests of a ping from lic-srv arrive at Compute, whatever becomes of the replies. */
final class Arrivals {
    private final Job tcpdump;

    private Arrivals(Job tcpdump) {
        this.tcpdump = tcpdump;
    }

    /** Watches from now on: returns when tcpdump listens. */
    static Arrivals start(Namespaces namespaces) {
        var command = List.of("tcpdump", "-Z", "root", "--immediate-mode", "-l", "-tt", "-n", "-i", "eth0",
                "icmp[icmptype] == icmp-echo and src " + Topology.LIC);
        var tcpdump = namespaces.spawn("cmp", "tcpdump-arrivals-" + System.nanoTime(), command);
        Await.until("tcpdump listening", Duration.ofSeconds(10), () -> tcpdump.output().contains("listening on"), () -> tcpdump.tail(5));
        return new Arrivals(tcpdump);
    }

    /** How many have come. */
    int count() {
        return times().length;
    }

    /** How long ago the last one came. */
    Duration sinceLast() {
        var times = times();
        return times.length == 0 ? Duration.ZERO : Duration.ofMillis(System.currentTimeMillis() - Math.round(times[times.length - 1] * 1e3));
    }

    /** The longest time between two that came one after the other, from the {@code first} on. */
    Duration longestGap(int first) {
        var times = times();
        double longest = 0;
        for (int i = Math.max(1, first); i < times.length; i++) longest = Math.max(longest, times[i] - times[i - 1]);
        return Duration.ofNanos(Math.round(longest * 1e9));
    }

    private double[] times() {
        var output = tcpdump.output();
        return output.substring(0, output.lastIndexOf('\n') + 1).lines().filter(line -> line.contains("ICMP echo request"))
                .mapToDouble(line -> Double.parseDouble(line.substring(0, line.indexOf(' ')))).toArray();
    }
}
