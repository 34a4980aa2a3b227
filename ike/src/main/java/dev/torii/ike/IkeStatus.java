package dev.torii.ike;

import java.util.List;
import java.util.Optional;

/**
 * A snapshot of a session for display.
 *
 * @param name of the connection
 * @param state the whole in one word
 * @param ikeSas established and half-open, oldest first
 * @param children oldest first
 * @param lastFailure the latest cause of a failure, also if it has recovered since
 * @param restarts how often it was started again since it was last up for a while
 */
public record IkeStatus(String name, State state, List<Ike> ikeSas, List<Child> children, Optional<String> lastFailure, int restarts) {
    /** The whole in one word. */
    public enum State {
        /** Not started, nothing from the peer. */
        IDLE,
        /** Negotiating. */
        CONNECTING,
        /** Failed or went down; begins again after a while. */
        WAITING,
        /** A child SA is usable. */
        UP
    }

    /** One IKE SA. {@code peer}: of an established one. */
    public record Ike(Cookie initiatorCookie, Cookie responderCookie, boolean established, boolean initiator, String proposal,
            Path path, boolean localNat, boolean remoteNat, Optional<Peer> peer) {
    }

    /** Who the peer has proved to be, and {@code by} what in words. */
    public record Peer(Identity identity, String by) {
    }

    /** One child SA; the newest usable one has {@code current} set. */
    public record Child(Spi inbound, Spi outbound, String suite, String local, String remote, boolean udpEncapsulated,
            boolean usable, boolean current) {
    }
}
