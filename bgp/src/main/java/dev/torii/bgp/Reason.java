package dev.torii.bgp;

import dev.torii.bgp.wire.NotificationMessage;

/** Why a connection ended. */
public sealed interface Reason {
    String text();

    /** We told the peer what it did wrong, or that we are leaving. */
    record NotificationSent(NotificationMessage notification, String detail) implements Reason {
        @Override public String text() { return "sent " + notification.text() + (detail.isEmpty() ? "" : ": " + detail); }
    }

    /** The peer told us. */
    record NotificationReceived(NotificationMessage notification) implements Reason {
        @Override public String text() { return "received " + notification.text(); }
    }

    /** TCP closed or reset by the other end. */
    record ConnectionClosed() implements Reason {
        @Override public String text() { return "connection closed by peer"; }
    }

    /** RFC 4724 section 5: the peer has dialled again, so it has started anew and the session it had is over. */
    record Replaced() implements Reason {
        @Override public String text() { return "the peer connects anew"; }
    }

    /** TCP could not be established. */
    record ConnectFailed(String cause) implements Reason {
        @Override public String text() { return "connect failed: " + cause; }
    }

    /** {@link Speaker#peerReachable} said so: the tunnel is down. */
    record Unreachable() implements Reason {
        @Override public String text() { return "peer unreachable (tunnel down)"; }
    }
}
