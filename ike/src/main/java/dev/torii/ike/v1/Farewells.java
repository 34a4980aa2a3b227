package dev.torii.ike.v1;

import dev.torii.ike.Effect;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Spi;
import dev.torii.ike.Timer;
import dev.torii.ike.wire.Payload;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Deletes, which nobody confirms (RFC 2408, section 5.15): each is said three times over most of a minute, whether or not its IKE SA lives so long. And
 * a peer that goes on sending with a child that is gone here is told once more, under whatever IKE SA there is: its data goes nowhere until then.
 */
final class Farewells {
    private static final List<Duration> AGAIN = List.of(Duration.ofSeconds(10), Duration.ofSeconds(40));
    private static final Duration BETWEEN_ANSWERS = Duration.ofSeconds(1);
    private static final int MOST_ANSWERS = 10;         // for one child: nothing authenticates what names its SPI
    private static final int MOST_REMEMBERED = 64;
    private static final long ANSWERS = 0;              // no object's id

    private final Context context;
    private final Map<Long, Said> said = new LinkedHashMap<>();
    private final Map<Spi, Integer> gone = new LinkedHashMap<>();      // how often the peer was told in answer

    /** @param times how often it was said; the bytes stay the same, so that who has heard it knows it for a repetition */
    private record Said(Path path, Octets message, int times) {
    }

    Farewells(Context context) {
        this.context = context;
    }

    /** Tells the peer what does not exist any more. */
    void say(Phase1 under, Payload.Delete delete) {
        Octets message = Informational.seal(context.crypto, under.sa(), under.freshMessageId(context), List.of(delete));
        long id = context.nextId();
        said.put(id, new Said(under.path(), message, 0));
        if (said.size() > MOST_REMEMBERED) {
            long oldest = said.keySet().iterator().next();
            said.remove(oldest);
            context.out.disarm(Timer.Kind.FAREWELL, oldest);
        }
        repeat(id);
    }

    /** {@link Timer.Kind#FAREWELL}. */
    void expired(Timer timer) {
        if (said.containsKey(timer.id())) {
            repeat(timer.id());
        }
    }

    private void repeat(long id) {
        Said last = said.remove(id);
        context.out.add(new Effect.Send(last.path(), last.message()));
        if (last.times() < AGAIN.size()) {
            said.put(id, new Said(last.path(), last.message(), last.times() + 1));
            context.out.arm(Timer.Kind.FAREWELL, id, AGAIN.get(last.times()));
        }
    }

    /** A child is not there any more, and the peer may not know. */
    void gone(Spi inbound) {
        gone.put(inbound, 0);
        if (gone.size() > MOST_REMEMBERED) {
            gone.remove(gone.keySet().iterator().next());
        }
    }

    /** ESP still comes for a child that is gone. */
    void orphaned(Optional<Phase1> current, Spi inbound) {
        int answers = gone.getOrDefault(inbound, MOST_ANSWERS);
        if (current.isPresent() && answers < MOST_ANSWERS && !context.out.isArmed(Timer.Kind.FAREWELL, ANSWERS)) {
            gone.put(inbound, answers + 1);
            context.inform(current.get(), Informational.deleteChildren(List.of(inbound)));
            context.out.arm(Timer.Kind.FAREWELL, ANSWERS, BETWEEN_ANSWERS);
        }
    }
}
