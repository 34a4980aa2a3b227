package dev.torii.bgp;

import java.net.InetAddress;

/** Something that happened to a peer; {@link #text} is one line. */
public sealed interface PeerEvent {
    InetAddress peer();

    /** One line, without the peer's address. */
    String text();

    /** The session reached Established. */
    record Up(InetAddress peer, Negotiated negotiated) implements PeerEvent {
        @Override public String text() { return "session established, hold time " + negotiated.holdTime().toSeconds() + " s"; }
    }

    /** The session left Established; its routes are gone, unless {@link Restart} says otherwise. */
    record Down(InetAddress peer, Reason reason) implements PeerEvent {
        @Override public String text() { return "session down: " + reason.text(); }
    }

    /** A connection ended before it was established. Rate-limit these: a peer can cause as many as it likes. */
    record Failed(InetAddress peer, Reason reason) implements PeerEvent {
        @Override public String text() { return "no session: " + reason.text(); }
    }

    /** {@code maximum-prefix}: more than its threshold, or than its limit with {@code warning-only}. Once each time. */
    record ManyPrefixes(InetAddress peer, String text) implements PeerEvent {}

    /** A neighbour that restarts, or sends everything again: what becomes of the routes it announced before. */
    record Restart(InetAddress peer, String text) implements PeerEvent {}

    /** An UPDATE with a bad attribute; the session stays (RFC 7606). Rate-limit these. */
    record MalformedUpdate(InetAddress peer, String text) implements PeerEvent {}
}
