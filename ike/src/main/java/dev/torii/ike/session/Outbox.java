package dev.torii.ike.session;

import dev.torii.ike.Effect;
import dev.torii.ike.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects the effects of one step and knows which timers are armed, so that one that fires too late does nothing. */
public final class Outbox {
    private final Set<Timer> armed = new HashSet<>();
    private List<Effect> effects = new ArrayList<>();

    /** Appends an effect. */
    public void add(Effect effect) {
        effects.add(effect);
    }

    /** Appends {@link Effect.Dropped}. */
    public void dropped(String cause) {
        effects.add(new Effect.Dropped(cause));
    }

    /** Arms a timer, or moves it. */
    public void arm(Timer.Kind kind, long id, Duration after) {
        var timer = new Timer(kind, id);
        armed.add(timer);
        effects.add(new Effect.Arm(timer, after));
    }

    /** Forgets a timer if it is armed. */
    public void disarm(Timer.Kind kind, long id) {
        var timer = new Timer(kind, id);
        if (armed.remove(timer)) {
            effects.add(new Effect.Disarm(timer));
        }
    }

    /** Whether the timer is armed. */
    public boolean isArmed(Timer.Kind kind, long id) {
        return armed.contains(new Timer(kind, id));
    }

    /** Whether the timer was armed; it no longer is. */
    public boolean fired(Timer timer) {
        return armed.remove(timer);
    }

    /** What was collected since the last call. */
    public List<Effect> drain() {
        List<Effect> drained = List.copyOf(effects);
        effects = new ArrayList<>();
        return drained;
    }
}
