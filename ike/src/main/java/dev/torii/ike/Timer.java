package dev.torii.ike;

/**
 * Names a timer of one session; arming it again replaces the earlier time.
 *
 * @param kind what it is for
 * @param id tells timers of one kind apart
 */
public record Timer(Kind kind, long id) {
    /** What a timer is for. */
    public enum Kind {
        /** A message got no answer. */
        RETRANSMIT,
        /** A peer began and did not go on. */
        HALF_OPEN,
        /** Time to replace the IKE SA. */
        IKE_REKEY,
        /** End of the IKE SA. */
        IKE_EXPIRE,
        /** Time to replace the child SA. */
        CHILD_REKEY,
        /** End of the child SA. */
        CHILD_EXPIRE,
        /** Time to send with a new child SA: by now the peer has it too. */
        CHILD_SWITCH,
        /** A replaced SA has waited for packets in flight. */
        REPLACED,
        /** A Delete of IKEv1 is said again, or may be. */
        FAREWELL,
        /** Dead peer detection. */
        LIVENESS,
        /** NAT keepalive. */
        KEEPALIVE,
        /** A pair of selectors without a child SA is negotiated again, while others have theirs. */
        GAP,
        /** Begin again. */
        RESTART,
        /** The tunnel has been up for a while: the restart back-off begins anew. */
        STABLE
    }
}
