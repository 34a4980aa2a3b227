package dev.torii.ike;

/** Why an SA or the tunnel ended. */
public sealed interface Reason {
    /** One line for people; never secret. */
    String text();

    /** The peer sent a Delete. */
    record PeerDeleted() implements Reason {
        @Override
        public String text() {
            return "the peer deleted it";
        }
    }

    /** Dead peer detection had no answer. */
    record PeerDead() implements Reason {
        @Override
        public String text() {
            return "the peer does not answer (dead peer detection)";
        }
    }

    /** Its lifetime ran out without a successor. */
    record Expired() implements Reason {
        @Override
        public String text() {
            return "its lifetime ended";
        }
    }

    /** A newer SA took over. */
    record Replaced() implements Reason {
        @Override
        public String text() {
            return "replaced by a newer one";
        }
    }

    /** {@link Event.Stop}. */
    record Stopped() implements Reason {
        @Override
        public String text() {
            return "stopped here";
        }
    }

    /** The peer has restarted and says so (INITIAL-CONTACT). */
    record PeerRestarted() implements Reason {
        @Override
        public String text() {
            return "the peer has restarted (initial contact)";
        }
    }

    /** What we sent in a negotiation was not answered in time. */
    record NoAnswer(String cause) implements Reason {
        @Override
        public String text() {
            return cause;
        }
    }

    /** A negotiation failed. */
    record Failed(String cause) implements Reason {
        @Override
        public String text() {
            return cause;
        }
    }
}
