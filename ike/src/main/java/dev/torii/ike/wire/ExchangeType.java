package dev.torii.ike.wire;

/** Exchange types: RFC 2408, section 3.1; RFC 2409, section 5; RFC 7296, section 3.1. */
public final class ExchangeType {
    /** Main Mode (identity protection). */
    public static final int MAIN_MODE = 2;
    /** Aggressive Mode: not supported. */
    public static final int AGGRESSIVE = 4;
    /** Notify and delete. */
    public static final int INFORMATIONAL = 5;
    /** Quick Mode. */
    public static final int QUICK_MODE = 32;

    /** IKEv2: keys, nonces, NAT detection. */
    public static final int IKE_SA_INIT = 34;
    /** IKEv2: identities and the first child SA. */
    public static final int IKE_AUTH = 35;
    /** IKEv2: a child SA, or a successor of a child or of the IKE SA. */
    public static final int CREATE_CHILD_SA = 36;
    /** IKEv2: delete, notify, are you there. */
    public static final int IKEV2_INFORMATIONAL = 37;

    private ExchangeType() {
    }
}
