package dev.torii.cli.daemon;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the daemon tells its log: one line an event, with the connection it is about. Lines that a stranger can cause are rate-limited by their kind: in a
 * minute each cause is written once, and only a few of them; the rest are counted and the count is written with the next line of that kind. Never given a
 * secret.
 */
public final class EventLog {
    private static final Logger LOG = LoggerFactory.getLogger("torii");
    private static final int LINES_PER_WINDOW = 5;
    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int KINDS_REMEMBERED = 256;
    /** Another number makes no other cause. */
    private static final Pattern NUMBERS = Pattern.compile("[0-9]+");

    private final LongSupplier nanoTime;
    private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > KINDS_REMEMBERED;
        }
    };

    private static final class Window {
        private long startedNanos;
        private final Set<String> causes = new HashSet<>();
        private long suppressed;
    }

    /** A log that measures its windows with {@code nanoTime}. */
    public EventLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** An event in the life of {@code subject} (a connection, a BGP peer, the daemon). */
    public void info(String subject, String text) {
        LOG.info("{}: {}", subject, oneLine(text));
    }

    /** Something only of interest when looking for a fault; not written unless the log level says so. */
    public void debug(String subject, String text) {
        LOG.debug("{}: {}", subject, oneLine(text));
    }

    /** Something the operator should look at. */
    public void warn(String subject, String text) {
        LOG.warn("{}: {}", subject, oneLine(text));
    }

    /** Our own bug: the whole trace, since nobody can act on less. */
    public void bug(String subject, Throwable bug) {
        LOG.error("{}: internal error, please report it", subject, bug);
    }

    /**
     * A line that somebody outside can cause as often as they like; {@code kind} is limited, {@code subject} and {@code text} without its
     * numbers are the cause.
     */
    public synchronized void limited(String kind, String subject, String text) {
        var window = windows.computeIfAbsent(kind, unseen -> new Window());
        long now = nanoTime.getAsLong();
        if (window.causes.isEmpty() || now - window.startedNanos > WINDOW_NANOS) {
            window.startedNanos = now;
            window.causes.clear();
        }
        if (window.causes.size() >= LINES_PER_WINDOW || !window.causes.add(subject + '\n' + NUMBERS.matcher(text).replaceAll("#"))) {
            window.suppressed++;
            return;
        }
        String more = window.suppressed == 0 ? "" : " (" + window.suppressed + " more like this were not logged)";
        window.suppressed = 0;
        LOG.warn("{}: {}{}", subject, oneLine(text), more);
    }

    /** A peer's identity or text may hold anything; it must not be able to forge a line. */
    private static String oneLine(String text) {
        return text.codePoints().anyMatch(Character::isISOControl) ? text.replaceAll("\\p{Cntrl}", "?") : text;
    }
}
