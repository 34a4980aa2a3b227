package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Job;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.Shell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** A ping that runs in a namespace until it is asked for its figures. */
final class Ping {
    private static final Pattern REPLY = Pattern.compile("\\[(\\d+\\.\\d+)\\] \\d+ bytes from .* icmp_seq=(\\d+) ttl=(\\d+)");
    private static final Pattern STATISTICS = Pattern.compile("(\\d+) packets transmitted, (\\d+) received");

    /** What was asked that shortly before the end may be answered after it: a busy machine stands still for that long. */
    private static final Duration UNDER_WAY = Duration.ofMillis(300);

    private static final Duration REPLIES = Duration.ofSeconds(20);

    private final Job job;
    private final Duration interval;

    private Ping(Job job, Duration interval) {
        this.job = job;
        this.interval = interval;
    }

    /**
     * What a ping saw.
     *
     * @param longestOutage the longest time without a reply between two, less the interval; after the last one, requests without a reply as time
     * @param ttl the TTL of the last reply; 0 if there was none
     */
    record Figures(int sent, int received, Duration longestOutage, int ttl) {
        int lost() {
            return sent - received;
        }
    }

    /**
     * Pings until {@code count} replies came. ping's own count will not do: once a reply came, it waits for the last ones for two round trips
     * only, which a busy machine exceeds.
     */
    static Figures of(Namespaces namespaces, String from, String to, int count) {
        return pinged(namespaces, from, to, count, () -> "").stop();
    }

    /** The same, and fails if a request was not answered: with the gaps, and what to read then. */
    static Figures allAnswered(Namespaces namespaces, String from, String to, int count, Supplier<String> evidence) {
        var ping = pinged(namespaces, from, to, count, evidence);
        var figures = ping.stop();
        assertEquals(0, figures.lost(), () -> figures + "\n" + ping.gaps() + "\n" + evidence.get());
        return figures;
    }

    private static Ping pinged(Namespaces namespaces, String from, String to, int count, Supplier<String> evidence) {
        var ping = start(namespaces, from, to, Duration.ofMillis(20));
        Await.until(count + " replies", REPLIES, () -> ping.replies() >= count, () -> ping.job.tail(5) + "\n" + evidence.get());
        return ping;
    }

    /** Whether one request is answered within a second. */
    static boolean answered(Namespaces namespaces, String from, String to) {
        return namespaces.run(from, Duration.ofSeconds(5), "ping", "-n", "-c1", "-W1", to).ok();
    }

    /** The same with DSCP EF, in the request and so in the reply. */
    static boolean markedAnswered(Namespaces namespaces, String from, String to) {
        return namespaces.run(from, Duration.ofSeconds(5), "ping", "-n", "-c1", "-W1", "-Q", "0xb8", to).ok();
    }

    /** Starts a ping that goes on. */
    static Ping start(Namespaces namespaces, String from, String to, Duration interval) {
        var command = List.of("ping", "-n", "-D", "-i", seconds(interval), to);
        return new Ping(namespaces.spawn(from, "ping-" + from + "-" + to + "-" + System.nanoTime(), command), interval);
    }

    /** How many replies came so far. */
    int replies() {
        return (int) REPLY.matcher(job.output()).results().count();
    }

    /** Waits until so many replies came, so that figures say something on a slow machine too. */
    void awaitReplies(int count) {
        Await.until(count + " replies", REPLIES, () -> replies() >= count, () -> job.tail(5));
    }

    /** Ends the ping and gives its figures. */
    Figures stop() {
        var interrupted = Shell.run(Duration.ofSeconds(5), "kill", "-INT", Long.toString(job.pid()));
        if (!interrupted.ok() || !job.awaitEnd(Duration.ofSeconds(20))) throw new AssertionError("ping does not end: " + interrupted.text());
        return figures(job.output(), interval);
    }

    /**
     * Requests that were not answered, between answered ones.
     *
     * @param first the sequence number of the first; not modulo 65536
     * @param after when the last reply before it came, in seconds since 1970; 0 if there was none
     * @param before when the next reply came
     */
    record Gap(int first, int last, double after, double before) {
        private static final double UNDER_WAY = 1;      // longer than a request and its reply take

        /** Whether one of them, modulo 65536, or a neighbour, can have been seen then. */
        boolean near(int sequence, double at) {
            int offset = (short) (sequence - first);
            return offset >= -2 && offset <= last - first + 2 && at > after - UNDER_WAY && at < before + UNDER_WAY;
        }

        /** Whether that was while they were missing. */
        boolean during(double at) {
            return at > after - UNDER_WAY / 20 && at < before + UNDER_WAY / 20;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%d to %d between %.6f and %.6f", first, last, after, before);
        }
    }

    /** Which requests were not answered so far. */
    List<Gap> gaps() {
        var gaps = new ArrayList<Gap>();
        int last = 0;
        double before = 0;
        var reply = REPLY.matcher(job.output());
        while (reply.find()) {
            int sequence = unwrapped(Integer.parseInt(reply.group(2)), last);
            double at = Double.parseDouble(reply.group(1));
            if (sequence > last + 1) gaps.add(new Gap(last + 1, sequence - 1, before, at));
            last = sequence;
            before = at;
        }
        return gaps;
    }

    private static Figures figures(String output, Duration interval) {
        var statistics = STATISTICS.matcher(output);
        if (!statistics.find()) throw new AssertionError("ping gave no statistics: " + output);
        int sent = Integer.parseInt(statistics.group(1));
        int last = 0;
        int ttl = 0;
        double before = 0;
        double outage = 0;
        var reply = REPLY.matcher(output);
        while (reply.find()) {
            double now = Double.parseDouble(reply.group(1));
            if (before != 0) outage = Math.max(outage, now - before - interval.toNanos() / 1e9);
            before = now;
            last = unwrapped(Integer.parseInt(reply.group(2)), last);
            ttl = Integer.parseInt(reply.group(3));
        }
        if (sent - last <= Math.max(1, UNDER_WAY.dividedBy(interval))) sent = last;     // replies that were under way when ping was told to end
        var longest = Duration.ofMillis(Math.max(Math.round(outage * 1e3), interval.multipliedBy(sent - last).toMillis()));
        return new Figures(sent, Integer.parseInt(statistics.group(2)), longest, ttl);
    }

    /** ping counts modulo 65536. @param last the reply before it, unwrapped */
    private static int unwrapped(int sequence, int last) {
        return last + (short) (sequence - last);
    }

    private static String seconds(Duration interval) {
        return Double.toString(interval.toNanos() / 1e9);
    }
}
