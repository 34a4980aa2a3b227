package dev.torii.ike.wire;

/** Exchange types: RFC 2408, section 3.1; RFC 2409, section 5; RFC 7296, section 3.1. */
public final class ExchangeType {
    /** Base: not supported. */
    public static final int BASE = 1;
    /** Main Mode (identity protection). */
    public static final int MAIN_MODE = 2;
    /** Authentication only: not supported. */
    public static final int AUTHENTICATION_ONLY = 3;
    /** Aggressive Mode: not supported. */
    public static final int AGGRESSIVE = 4;
    /** Notify and delete. */
    public static final int INFORMATIONAL = 5;
    /** Mode Config and XAUTH (drafts of the time): not supported. */
    public static final int TRANSACTION = 6;
    /** Quick Mode. */
    public static final int QUICK_MODE = 32;
    /** New Group Mode: not supported. */
    public static final int NEW_GROUP_MODE = 33;

    /** IKEv2: keys, nonces, NAT detection. */
    public static final int IKE_SA_INIT = 34;
    /** IKEv2: identities and the first child SA. */
    public static final int IKE_AUTH = 35;
    /** IKEv2: a child SA, or a successor of a child or of the IKE SA. */
    public static final int CREATE_CHILD_SA = 36;
    /** IKEv2: delete, notify, are you there. */
    public static final int IKEV2_INFORMATIONAL = 37;

    /** IKEv2: what comes between IKE_SA_INIT and IKE_AUTH, RFC 9242. */
    public static final int IKE_INTERMEDIATE = 43;

    /** IKEv2: an additional key exchange after CREATE_CHILD_SA, RFC 9370. */
    public static final int IKE_FOLLOWUP_KE = 44;

    private ExchangeType() {
    }

    /** Whether it is an exchange of IKEv1 that is spoken here. */
    public static boolean spoken(int exchange) {
        return exchange == MAIN_MODE || exchange == INFORMATIONAL || exchange == QUICK_MODE;
    }

    /** Whether it is an exchange of IKEv1 at all. */
    public static boolean known(int exchange) {
        return exchange >= BASE && exchange <= TRANSACTION || exchange == QUICK_MODE || exchange == NEW_GROUP_MODE;
    }

    /** In words: what is refused, and why. */
    public static String refusal(int exchange) {
        return switch (exchange) {
            case AGGRESSIVE -> "Aggressive Mode is refused: it shows a hash of the pre-shared key to anyone who asks";
            case TRANSACTION -> "Mode Config and XAUTH are refused: they are for remote access, not for a tunnel between sites";
            case NEW_GROUP_MODE -> "New Group Mode is refused: groups are those of the configuration";
            case BASE, AUTHENTICATION_ONLY -> "exchange type " + exchange + " is refused: only Main Mode begins an ISAKMP SA";
            default -> "exchange type " + exchange + " is not known";    // an open registry
        };
    }
}
