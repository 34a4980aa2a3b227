package dev.torii.bgp;

import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.OpenMessage;
import dev.torii.bgp.wire.UpdateMessage;
import java.util.Map;
import java.util.TreeMap;

/** What the views count, since the speaker's start. */
final class PeerCounters {
    final Map<String, Long> sent = new TreeMap<>();
    final Map<String, Long> received = new TreeMap<>();
    int established;
    int dropped;

    static String name(BgpMessage message) {
        return switch (message) {
            case OpenMessage open -> "open";
            case UpdateMessage update -> "update";
            case NotificationMessage notification -> "notification";
            case BgpMessage.Keepalive keepalive -> "keepalive";
            case BgpMessage.RouteRefresh refresh -> "route-refresh";
        };
    }

    void sent(String type, int count) { if (count > 0) sent.merge(type, (long) count, Long::sum); }

    void received(String type) { received.merge(type, 1L, Long::sum); }

    static long total(Map<String, Long> counts) { return counts.values().stream().mapToLong(Long::longValue).sum(); }
}
