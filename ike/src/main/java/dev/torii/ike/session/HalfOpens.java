package dev.torii.ike.session;

import dev.torii.ike.IkeCrypto;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How many exchanges that peers began, and have not finished, all sessions of a host keep: few for one address, and a bounded number for all addresses that no
 * connection names. Beyond that a first message is not answered, and comes again. An IKE SA that is established has no place here, so that no flood of first
 * messages concerns it. One thread uses it.
 */
public final class HalfOpens {
    /** From so many on, IKEv2 asks for a cookie (RFC 7296, section 2.6). */
    public static final int COOKIES_FROM = 30;
    /**
     * Below so many it no longer does. Not at once: a repetition without the cookie, answered after the peer was asked for one, makes two different first
     * messages, and the peer cannot know which of them the answer, and so AUTH, is about.
     */
    private static final int COOKIES_UNTIL = 5;
    /** For one address, besides one for each connection that names it. */
    public static final int OF_ONE_SOURCE = 5;
    /** For all addresses together that no connection names. */
    public static final int OF_STRANGERS = 512;
    /** How long a peer may take for its next message while others wait: enough for one that got lost. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final CookieSecret cookieSecret;
    private final Map<InetAddress, Integer> named = new HashMap<>();
    private final Map<Source, Integer> taken = new HashMap<>();
    private int total;
    private boolean asking;
    private int strangers;

    /** An address that was shown to be the sender's has places of its own: who sends in its name cannot take them. */
    private record Source(InetAddress address, boolean proven) { }

    /** Nothing is half-open, and no address is named. */
    public HalfOpens(IkeCrypto crypto) {
        this.cookieSecret = new CookieSecret(crypto);
    }

    /** A connection names this address as its peer's. */
    public void name(InetAddress peer) {
        named.merge(peer, 1, Integer::sum);
    }

    /** A connection that named it is gone. */
    public void unname(InetAddress peer) {
        named.computeIfPresent(peer, (address, count) -> count == 1 ? null : count - 1);
    }

    /** What cookies are made with. The owner changes it now and then. */
    public CookieSecret cookieSecret() {
        return cookieSecret;
    }

    /** How many there are now. */
    public int total() {
        return total;
    }

    /** Whether a first message from there must bear a cookie. */
    public boolean cookieWanted(InetAddress source) {
        asking = total >= (asking ? COOKIES_UNTIL : COOKIES_FROM);
        return asking || full(new Source(source, false));
    }

    private boolean full(Source source) {
        int ofConnections = named.getOrDefault(source.address(), 0);
        return taken.getOrDefault(source, 0) >= OF_ONE_SOURCE + ofConnections || ofConnections == 0 && strangers >= OF_STRANGERS;
    }

    /** The part of one session. */
    public Places places() {
        return new Places();
    }

    /** What one session keeps half-open. */
    public final class Places {
        private final Set<Place> held = new HashSet<>();

        private Places() {
        }

        /** All sessions' limits. */
        public HalfOpens all() {
            return HalfOpens.this;
        }

        /** A place for an exchange that begins, if there is one. {@code proven}: the message bears our cookie. */
        public Optional<Place> take(InetAddress source, boolean proven) {
            var wanted = new Source(source, proven);
            if (full(wanted)) {
                return Optional.empty();
            }
            var place = new Place(this, wanted, !named.containsKey(source));
            held.add(place);
            taken.merge(wanted, 1, Integer::sum);
            total++;
            strangers += place.stranger ? 1 : 0;
            return Optional.of(place);
        }

        /** The session is given up. */
        public void freeAll() {
            Set.copyOf(held).forEach(Place::free);
        }
    }

    /** One exchange's place. */
    public final class Place {
        private Places of;
        private final Source source;
        private final boolean stranger;
        private Duration granted = Duration.ZERO;

        private Place(Places of, Source source, boolean stranger) {
            this.of = of;
            this.source = source;
            this.stranger = stranger;
        }

        /**
         * How long the exchange may stay until this is asked again; empty if it has to go, because its time is over, or because others wait for the place.
         *
         * @param total how long it may stay if nobody waits
         * @param wentOn whether the peer has sent more than its first message
         */
        public Optional<Duration> stay(Duration total, boolean wentOn) {
            Duration left = total.minus(granted);
            boolean over = left.isZero() || left.isNegative() || !granted.isZero() && !wentOn && full(source);
            Duration next = left.compareTo(PATIENCE) < 0 ? left : PATIENCE;
            granted = granted.plus(next);
            return over ? Optional.empty() : Optional.of(next);
        }

        /** The exchange goes on in another session of the host. */
        public void moveTo(Places other) {
            if (of.held.remove(this)) {
                other.held.add(this);
                of = other;
            }
        }

        /** The exchange is finished or forgotten. Harmless when it was said before. */
        public void free() {
            if (of.held.remove(this)) {
                taken.computeIfPresent(source, (key, count) -> count == 1 ? null : count - 1);
                total--;
                strangers -= stranger ? 1 : 0;
            }
        }
    }
}
