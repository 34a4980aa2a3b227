package dev.torii.ike.v1;

import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.KeyExchange;
import java.util.List;
import java.util.Optional;

/** IKEv1 for one connection. */
public final class Connection implements KeyExchange {
    private final IkeConfig config;

    /** A connection at rest. */
    public Connection(IkeConfig config, IkeCrypto crypto) {
        this.config = config;
    }

    @Override
    public List<Effect> step(Event event) {
        return List.of(new Effect.Dropped("not negotiating"));
    }

    @Override
    public IkeStatus status() {
        return new IkeStatus(config.name(), IkeStatus.State.IDLE, List.of(), List.of(), Optional.empty(), 0);
    }
}
