package dev.torii.ike;

import java.util.List;

/** One version of IKE for one connection: a deterministic machine without clock, socket or thread. */
public interface KeyExchange {
    /** Takes one event; the effects are to be executed in order. Total: never throws, whatever was received. */
    List<Effect> step(Event event);

    /** A snapshot for display. */
    IkeStatus status();
}
