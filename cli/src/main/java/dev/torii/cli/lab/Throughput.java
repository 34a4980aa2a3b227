package dev.torii.cli.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;

/** TCP throughput between two namespaces: iperf3 where it is installed, a sender of our own otherwise. */
final class Throughput {
    private static final String PROBE_PORT = "2223";
    private static final Duration START = Duration.ofSeconds(10);

    private final Namespaces namespaces;
    private final boolean iperf = Shell.has("iperf3");

    Throughput(Namespaces namespaces) {
        this.namespaces = namespaces;
    }

    /** What measures. */
    String tool() {
        return iperf ? "iperf3" : "one TCP connection";
    }

    /** Bits per second that arrive at {@code address} in {@code to}, sent from {@code from} for some seconds. */
    double measure(String from, String to, String address, int seconds) {
        var limit = Duration.ofSeconds(seconds + 15L);
        if (!iperf) {
            var server = namespaces.spawn(to, "sink-" + to, TcpProbe.command("serve", PROBE_PORT, to));
            try {
                Await.until("the receiver", START, () -> server.output().contains("listening"), () -> server.tail(5));
                var sender = TcpProbe.command("send", address, PROBE_PORT, Integer.toString(seconds));
                var answer = namespaces.run(from, limit, sender.toArray(String[]::new));
                return Double.parseDouble(answer.orFail("throughput").out().strip());
            } finally {
                server.kill();
            }
        }
        var server = namespaces.spawn(to, "iperf3-" + to, List.of("iperf3", "-s", "-1", "--forceflush"));
        try {
            Await.until("iperf3's server", START, () -> server.output().contains("listening"), () -> server.tail(5));
            var client = namespaces.run(from, limit, "iperf3", "-c", address, "-t", Integer.toString(seconds), "-J");
            return received(client.orFail("iperf3").out());
        } finally {
            server.kill();
        }
    }

    private static double received(String json) {
        try {
            return new ObjectMapper().readTree(json).at("/end/sum_received/bits_per_second").asDouble();
        } catch (JsonProcessingException e) {
            throw new LabFailure("iperf3 gave no figures", e);
        }
    }
}
