package dev.torii.cli.daemon;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Lets connections begin a few at a time: a thousand first messages at once would make a peer ask each for a cookie, or drop them, and everything would come
 * twice. Who is up makes room for the next, and so does who has not come up after a while. On the control loop.
 *
 * @param <K> a connection
 */
final class Starts<K> {
    /** Fewer than make a peer like us ask for cookies. */
    static final int AT_ONCE = 24;
    /** As long as a first message and its first repetition take. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private final ControlLoop loop;
    private final Map<K, Runnable> waiting = new LinkedHashMap<>();
    private final Set<K> underWay = new HashSet<>();

    private record Timer(Starts<?> of, Object one) {}

    Starts(ControlLoop loop) {
        this.loop = loop;
    }

    /** Runs {@code start} as soon as it is that connection's turn, maybe at once. */
    void begin(K one, Runnable start) {
        waiting.put(one, start);
        fill();
    }

    /** It is up, or is not to begin any more. */
    void done(K one) {
        waiting.remove(one);
        if (!underWay.remove(one)) return;
        loop.disarm(new Timer(this, one));
        fill();
    }

    /** Nobody is to begin any more. */
    void stop() {
        waiting.clear();
    }

    private void fill() {
        while (underWay.size() < AT_ONCE && !waiting.isEmpty()) {
            var next = waiting.entrySet().iterator().next();
            waiting.remove(next.getKey());
            underWay.add(next.getKey());
            loop.arm(new Timer(this, next.getKey()), PATIENCE, () -> done(next.getKey()));
            next.getValue().run();
        }
    }
}
