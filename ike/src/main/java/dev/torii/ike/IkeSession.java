package dev.torii.ike;

import dev.torii.ike.session.Candidates;
import dev.torii.ike.session.HalfOpens;
import dev.torii.ike.v1.Connection;
import java.util.List;

/**
 * One connection to one peer: all its IKE SAs and child SAs. A deterministic machine: the driver brings events and executes the
 * effects in order, in one thread.
 */
public final class IkeSession {
    private final KeyExchange exchange;
    private final HalfOpens.Places places;

    /** The only session of its host. Waits for {@link Event.Start} or for the peer. */
    public IkeSession(IkeConfig config, IkeCrypto crypto) {
        this(config, crypto, new HalfOpens(crypto));
    }

    /** One of several sessions that share what a host keeps for peers that have not finished. */
    public IkeSession(IkeConfig config, IkeCrypto crypto, HalfOpens halfOpens) {
        this(config, crypto, halfOpens, Candidates.NONE);
    }

    /** One of several among which the peer's identity chooses. */
    public IkeSession(IkeConfig config, IkeCrypto crypto, HalfOpens halfOpens, Candidates candidates) {
        this.places = halfOpens.places();
        this.exchange = switch (config.version()) {
            case V1 -> new Connection(config, crypto, places, candidates);
            case V2 -> new dev.torii.ike.v2.Connection(config, crypto, places, candidates);
        };
    }

    /** Takes one event. Never throws, whatever was received. */
    public List<Effect> step(Event event) {
        return exchange.step(event);
    }

    /** The session is not used any more, whatever state it is in: others may have its share of {@link HalfOpens}. */
    public void abandon() {
        places.freeAll();
    }

    /** A snapshot for display. */
    public IkeStatus status() {
        return exchange.status();
    }
}
