package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.TrafficLimits;
import dev.torii.cli.config.Warning;
import dev.torii.cli.config.libreswan.Conn.Value;
import dev.torii.ike.Lifecycle;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** keyingtries=, rekey=, reauth=, initial-contact= and dpdaction= to {@link Lifecycle}; ipsec-max-bytes= and ipsec-max-packets=. */
final class Lifecycles {
    private static final int MAX_TRIES = 1_000_000;

    private final Values values;
    private final Diagnostics diagnostics;

    Lifecycles(Values values, Diagnostics diagnostics) {
        this.values = values;
        this.diagnostics = diagnostics;
    }

    /** @param natKeepalive of config setup */
    Lifecycle of(Conn conn, Duration natKeepalive) {
        return new Lifecycle(tries(conn.get("keyingtries")), values.yes(conn.get("rekey"), true), values.yes(conn.get("reauth"), false),
                values.yes(conn.get("initial-contact"), true), whenDead(conn), natKeepalive);
    }

    /** Without renewals there is nothing to begin before the limit. */
    TrafficLimits limits(Conn conn) {
        var limits = new TrafficLimits(values.amount(conn.get("ipsec-max-bytes")), values.amount(conn.get("ipsec-max-packets")));
        return values.yes(conn.get("rekey"), true) ? limits : TrafficLimits.NONE;
    }

    private int tries(Optional<Value> value) {
        if (value.isEmpty() || value.get().text().equalsIgnoreCase("%forever")) return 0;
        if (value.get().text().matches("\\d{1,7}")) return values.number(value, 0, MAX_TRIES, 0);
        values.error(value.get(), "is no number of attempts", "write %forever, or a number like 3");
        return 0;
    }

    private Lifecycle.WhenDead whenDead(Conn conn) {
        var value = conn.get("dpdaction");
        if (conn.get("auto").filter(auto -> auto.text().equalsIgnoreCase("keep")).isPresent() && !anyPeer(conn)) return Lifecycle.WhenDead.RESTART;
        return switch (value.map(action -> action.text().toLowerCase(Locale.ROOT)).orElse("hold")) {
            case "hold" -> Lifecycle.WhenDead.HOLD;
            case "clear" -> {
                if (conn.get("auto").filter(auto -> auto.text().equalsIgnoreCase("start")).isPresent()) {
                    diagnostics.warn(Warning.Kind.UNEXPECTED_MEANING, value.get().keywordAt(),
                            "dpdaction=" + value.get().text() + " takes a dead tunnel down, and auto=start brings it up again",
                            "write auto=add to leave it down");
                }
                yield Lifecycle.WhenDead.CLEAR;
            }
            case "restart" -> anyPeer(conn) ? Lifecycle.WhenDead.HOLD : Lifecycle.WhenDead.RESTART;
            case "restart_by_peer", "restart-by-peer" -> {
                diagnostics.warn(Warning.Kind.UNEXPECTED_MEANING, value.get().keywordAt(), "dpdaction=" + value.get().text()
                        + " is restart: each connection finds out by itself that the peer is dead", "write dpdaction=restart");
                yield anyPeer(conn) ? Lifecycle.WhenDead.HOLD : Lifecycle.WhenDead.RESTART;
            }
            default -> {
                values.error(value.get(), "is no action", "write dpdaction=restart, clear or hold; dpddelay=0 turns probing off");
                yield Lifecycle.WhenDead.HOLD;
            }
        };
    }

    /** Nobody knows where such a peer is to be found. */
    private static boolean anyPeer(Conn conn) {
        return Stream.of(Side.values()).anyMatch(side -> conn.get(side, "").filter(value -> value.text().equals("%any")).isPresent());
    }
}
