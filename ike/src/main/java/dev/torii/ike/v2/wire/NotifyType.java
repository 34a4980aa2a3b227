package dev.torii.ike.v2.wire;

/** Notify message types: RFC 7296, section 3.10.1. */
public final class NotifyType {
    /** Data: the payload's type. */
    public static final int UNSUPPORTED_CRITICAL_PAYLOAD = 1;
    /** The version is not spoken. */
    public static final int INVALID_MAJOR_VERSION = 5;
    /** Malformed: ends the IKE SA. */
    public static final int INVALID_SYNTAX = 7;
    /** None of the offered proposals is acceptable. */
    public static final int NO_PROPOSAL_CHOSEN = 14;
    /** Data: the group that is wanted. */
    public static final int INVALID_KE_PAYLOAD = 17;
    /** AUTH or identity is wrong. */
    public static final int AUTHENTICATION_FAILED = 24;
    /** There are as many child SAs as can be. */
    public static final int NO_ADDITIONAL_SAS = 35;
    /** No traffic in common. */
    public static final int TS_UNACCEPTABLE = 38;
    /** Try again later. */
    public static final int TEMPORARY_FAILURE = 43;
    /** The child SA to be replaced does not exist. */
    public static final int CHILD_SA_NOT_FOUND = 44;
    /** Nothing is known of the additional key exchanges that are to go on: RFC 9370. */
    public static final int STATE_NOT_FOUND = 47;
    /** Types from here on are no errors. */
    public static final int FIRST_STATUS = 16384;
    /** The sender has no other IKE SA with this peer. */
    public static final int INITIAL_CONTACT = 16384;
    /** Hash of where a message comes from. */
    public static final int NAT_DETECTION_SOURCE_IP = 16388;
    /** Hash of where a message goes. */
    public static final int NAT_DETECTION_DESTINATION_IP = 16389;
    /** To be sent back. */
    public static final int COOKIE = 16390;
    /** Names the child SA that is replaced. */
    public static final int REKEY_SA = 16393;
    /** The sender understands fragments: RFC 7383. */
    public static final int IKEV2_FRAGMENTATION_SUPPORTED = 16430;
    /** The sender has a post-quantum key: RFC 8784. */
    public static final int USE_PPK = 16435;
    /** Which one; in the answer, empty, that it was used. */
    public static final int PPK_IDENTITY = 16436;
    /** The value of an AUTH payload for a peer without that key. */
    public static final int NO_PPK_AUTH = 16437;

    /** Hashes for signatures by RFC 7427, two bytes each. */
    public static final int SIGNATURE_HASH_ALGORITHMS = 16431;

    /** The sender understands IKE_INTERMEDIATE: RFC 9242. */
    public static final int INTERMEDIATE_EXCHANGE_SUPPORTED = 16438;

    /** Another key exchange is to come; the responder's data is sent back with it: RFC 9370. */
    public static final int ADDITIONAL_KEY_EXCHANGE = 16441;

    private NotifyType() {
    }

    /** The registered name, or the number. */
    public static String name(int type) {
        return switch (type) {
            case UNSUPPORTED_CRITICAL_PAYLOAD -> "UNSUPPORTED_CRITICAL_PAYLOAD";
            case 4 -> "INVALID_IKE_SPI";
            case INVALID_MAJOR_VERSION -> "INVALID_MAJOR_VERSION";
            case INVALID_SYNTAX -> "INVALID_SYNTAX";
            case 9 -> "INVALID_MESSAGE_ID";
            case 11 -> "INVALID_SPI";
            case NO_PROPOSAL_CHOSEN -> "NO_PROPOSAL_CHOSEN";
            case INVALID_KE_PAYLOAD -> "INVALID_KE_PAYLOAD";
            case AUTHENTICATION_FAILED -> "AUTHENTICATION_FAILED";
            case 34 -> "SINGLE_PAIR_REQUIRED";
            case NO_ADDITIONAL_SAS -> "NO_ADDITIONAL_SAS";
            case 36 -> "INTERNAL_ADDRESS_FAILURE";
            case 37 -> "FAILED_CP_REQUIRED";
            case TS_UNACCEPTABLE -> "TS_UNACCEPTABLE";
            case 39 -> "INVALID_SELECTORS";
            case TEMPORARY_FAILURE -> "TEMPORARY_FAILURE";
            case CHILD_SA_NOT_FOUND -> "CHILD_SA_NOT_FOUND";
            case STATE_NOT_FOUND -> "STATE_NOT_FOUND";
            default -> "notify " + type;        // an open registry
        };
    }
}
