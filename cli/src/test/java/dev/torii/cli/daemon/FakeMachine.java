package dev.torii.cli.daemon;

import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.IkeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A connection's machine that does what a test says, and remembers its events. */
final class FakeMachine implements IkeDriver.Machine {
    final List<Event> events = new ArrayList<>();
    private final Function<Event, List<Effect>> behaviour;

    FakeMachine(Function<Event, List<Effect>> behaviour) {
        this.behaviour = behaviour;
    }

    static FakeMachine silent() {
        return new FakeMachine(event -> List.of());
    }

    @Override public List<Effect> step(Event event) {
        events.add(event);
        return behaviour.apply(event);
    }

    @Override public IkeStatus status() {
        return new IkeStatus("fake", IkeStatus.State.IDLE, List.of(), List.of(), Optional.empty(), 0);
    }
}
