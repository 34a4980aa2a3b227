package dev.torii.cli.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * ESP packets of a Torii daemon, summed over its child SAs.
 *
 * @param out packets sealed
 * @param in packets opened
 * @param bytes of the inner packets, both ways
 */
public record EspCounters(long out, long in, long bytes) {
    /** Asks the daemon. */
    public static EspCounters of(ToriiDaemon daemon) {
        var answer = daemon.torii("status", "--json").orFail("torii status --json").out();
        try {
            long out = 0;
            long in = 0;
            long bytes = 0;
            for (var connection : new ObjectMapper().readTree(answer).path("connections")) {
                out += connection.path("packetsOut").asLong();
                in += connection.path("packetsIn").asLong();
                for (var child : connection.path("children")) {
                    bytes += child.path("outbound").path("bytes").asLong() + child.path("inbound").path("bytes").asLong();
                }
            }
            return new EspCounters(out, in, bytes);
        } catch (JsonProcessingException e) {
            throw new LabFailure("torii status --json is not JSON: " + answer, e);
        }
    }
}
