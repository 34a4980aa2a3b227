package dev.torii.ike.session;

import dev.torii.ike.Cookie;
import dev.torii.ike.Effect;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.Octets;
import dev.torii.ike.Timer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/** What the parts of one session share, whichever version it speaks. */
public class SessionContext {
    private static final int FUZZ_STEPS = 1024;

    public final IkeConfig config;
    public final IkeCrypto crypto;
    public final Outbox out = new Outbox();
    public final HalfOpens.Places places;
    private long lastId;
    private Optional<String> lastFailure = Optional.empty();

    /** Of one connection. */
    public SessionContext(IkeConfig config, IkeCrypto crypto, HalfOpens.Places places) {
        this.config = config;
        this.crypto = crypto;
        this.places = places;
    }

    /** Names an object within the session, from 1 on; 0 is the session itself. */
    public long nextId() {
        return ++lastId;
    }

    /** A cookie that is not zero. */
    public Cookie cookie() {
        Cookie cookie;
        do {
            cookie = Cookie.of(Octets.of(crypto.random(Long.BYTES)));
        } while (cookie.equals(Cookie.NONE));
        return cookie;
    }

    /** A random number; a message id or an SPI must be checked for more than this. */
    public int number() {
        return ByteBuffer.wrap(crypto.random(Integer.BYTES)).getInt();
    }

    /** A wait shortened by a random part of up to a quarter: many connections that wait for the same thing do not go on in step. */
    public Duration spread(Duration wait) {
        return wait.minus(wait.multipliedBy(Math.floorMod(number(), FUZZ_STEPS)).dividedBy(4L * FUZZ_STEPS));
    }

    /** Something failed: shown in the status and in the log. */
    public void failure(String cause) {
        lastFailure = Optional.of(cause);
        out.add(new Effect.Report(cause));
    }

    /** What failed last. */
    public Optional<String> lastFailure() {
        return lastFailure;
    }

    /** Arms the timer for a successor, if it is ours to renew at all. */
    public void armRenewal(Timer.Kind kind, long id, Duration lifetime, boolean early) {
        if (config.lifecycle().rekey()) {
            out.arm(kind, id, soft(lifetime, early));
        }
    }

    /**
     * When a successor is negotiated. The margin is stretched by a random part, and the responder waits longer, so that both sides
     * seldom begin at once; a lifetime that is short for its margin is halved instead.
     */
    private Duration soft(Duration lifetime, boolean initiator) {
        int step = Math.floorMod(number(), FUZZ_STEPS);
        Duration margin = initiator ? config.rekeyMargin() : config.rekeyMargin().dividedBy(2);
        Duration stretched = margin.plus(margin.multipliedBy((long) config.rekeyFuzzPercent() * step).dividedBy(100L * FUZZ_STEPS));
        Duration half = lifetime.dividedBy(2);
        Duration soft = lifetime.minus(stretched);
        if (soft.compareTo(half) >= 0) {
            return soft;
        }
        return half.plus(lifetime.multipliedBy(step).dividedBy(initiator ? 8L * FUZZ_STEPS : 4L * FUZZ_STEPS));
    }
}
