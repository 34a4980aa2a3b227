package dev.torii.ike;

import java.time.Duration;

/**
 * How a connection is begun, renewed and given up; the two ends need not agree on any of it.
 *
 * @param keyingTries how often an attempt is made in a row before it is given up, 0: for ever
 * @param rekey whether we renew SAs before they end; the peer may in any case
 * @param reauthenticate whether an IKE SA of IKEv2 is renewed by a new set-up instead of by rekeying; IKEv1 always does so
 * @param initialContact whether INITIAL-CONTACT is said where it is true
 * @param whenDead what follows when the peer is dead
 * @param natKeepalive how often a packet keeps the mapping of a NAT before us alive
 */
public record Lifecycle(int keyingTries, boolean rekey, boolean reauthenticate, boolean initialContact, WhenDead whenDead, Duration natKeepalive) {
    /** RFC 3948, section 4. */
    public static final Duration STANDARD_KEEPALIVE = Duration.ofSeconds(20);
    /** Where nothing else is configured. */
    public static final Lifecycle STANDARD = new Lifecycle(0, true, false, true, WhenDead.HOLD);

    /** Libreswan's dpdaction. In each case the SAs go, and what {@link IkeConfig#initiate} keeps up is begun again. */
    public enum WhenDead {
        /** Begin again if the tunnel was asked for. */
        HOLD,
        /** Wait for the peer, or for being asked again. */
        CLEAR,
        /** Begin again, even if it was the peer who had begun. */
        RESTART
    }

    /** With the keepalives of RFC 3948. */
    public Lifecycle(int keyingTries, boolean rekey, boolean reauthenticate, boolean initialContact, WhenDead whenDead) {
        this(keyingTries, rekey, reauthenticate, initialContact, whenDead, STANDARD_KEEPALIVE);
    }

    /** Checks the ranges. */
    public Lifecycle {
        if (natKeepalive.toMillis() < 1) {
            throw new IllegalArgumentException("keepalives every " + natKeepalive);
        }
        if (keyingTries < 0) {
            throw new IllegalArgumentException(keyingTries + " tries");
        }
    }
}
