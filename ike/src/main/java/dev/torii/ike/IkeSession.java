package dev.torii.ike;

import dev.torii.ike.v1.Connection;
import java.util.List;

/**
 * One connection to one peer: all its IKE SAs and child SAs. A deterministic machine: the driver brings events and executes the
 * effects in order, in one thread.
 */
public final class IkeSession {
    private final KeyExchange exchange;

    /** A session that waits for {@link Event.Start} or for the peer. */
    public IkeSession(IkeConfig config, IkeCrypto crypto) {
        this.exchange = switch (config.version()) {
            case V1 -> new Connection(config, crypto);
            case V2 -> new dev.torii.ike.v2.Connection(config, crypto);
        };
    }

    /** Takes one event. Never throws, whatever was received. */
    public List<Effect> step(Event event) {
        return exchange.step(event);
    }

    /** A snapshot for display. */
    public IkeStatus status() {
        return exchange.status();
    }
}
