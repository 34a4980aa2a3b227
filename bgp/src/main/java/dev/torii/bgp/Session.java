package dev.torii.bgp;

/** A state of RFC 4271 section 8.2.2 with what is known in it. */
sealed interface Session {
    /** The RFC's name of the state, which is also FRR's word for it. */
    String word();

    /** Refuses connections. */
    record Idle() implements Session {
        @Override public String word() { return "Idle"; }
    }

    /** Dialling. */
    record Connect() implements Session {
        @Override public String word() { return "Connect"; }
    }

    /** Waiting to be dialled or to dial again. */
    record Active() implements Session {
        @Override public String word() { return "Active"; }
    }

    /** Connect or Active with a connection and a running DelayOpenTimer. */
    record Delaying(String word) implements Session {}

    /** Our OPEN is out. */
    record OpenSent() implements Session {
        @Override public String word() { return "OpenSent"; }
    }

    /** Theirs is accepted; waiting for the KEEPALIVE that says the same of ours. */
    record OpenConfirm(Negotiated negotiated) implements Session {
        @Override public String word() { return "OpenConfirm"; }
    }

    /** Exchanging routes. */
    record Established(Negotiated negotiated) implements Session {
        @Override public String word() { return "Established"; }
    }
}
