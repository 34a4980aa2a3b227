package dev.torii.ike.wire;

/** Notify message types: RFC 2408, section 3.14.1; RFC 2407, section 4.6.3; RFC 3706, section 5.2. */
public final class NotifyType {
    /** The major version is not ours. */
    public static final int INVALID_MAJOR_VERSION = 5;
    /** Unknown exchange. */
    public static final int INVALID_EXCHANGE_TYPE = 7;
    /** A message id that does not fit. */
    public static final int INVALID_MESSAGE_ID = 9;
    /** None of the offered transforms is acceptable. */
    public static final int NO_PROPOSAL_CHOSEN = 14;
    /** Bytes that do not parse. */
    public static final int PAYLOAD_MALFORMED = 16;
    /** A public value that is none in its group, or none at all. */
    public static final int INVALID_KEY_INFORMATION = 17;
    /** An identity or selector is not what was configured. */
    public static final int INVALID_ID_INFORMATION = 18;
    /** The hash does not match. */
    public static final int INVALID_HASH_INFORMATION = 23;
    /** Not authenticated. */
    public static final int AUTHENTICATION_FAILED = 24;
    /** The exchange is not supported. */
    public static final int UNSUPPORTED_EXCHANGE_TYPE = 29;
    /** The last error type of RFC 2408. */
    public static final int LAST_ERROR = 8191;
    /** The responder is ready (commit bit). */
    public static final int CONNECTED = 16384;
    /** The responder uses a shorter lifetime. */
    public static final int RESPONDER_LIFETIME = 24576;
    /** The sender knows of no earlier SA. */
    public static final int INITIAL_CONTACT = 24578;
    /** DPD: are you there? */
    public static final int R_U_THERE = 36136;
    /** DPD: yes. */
    public static final int R_U_THERE_ACK = 36137;

    private NotifyType() {
    }

    /** The registered name, or the number. */
    public static String name(int type) {
        return switch (type) {
            case INVALID_MAJOR_VERSION -> "INVALID-MAJOR-VERSION";
            case INVALID_EXCHANGE_TYPE -> "INVALID-EXCHANGE-TYPE";
            case INVALID_MESSAGE_ID -> "INVALID-MESSAGE-ID";
            case NO_PROPOSAL_CHOSEN -> "NO-PROPOSAL-CHOSEN";
            case PAYLOAD_MALFORMED -> "PAYLOAD-MALFORMED";
            case INVALID_KEY_INFORMATION -> "INVALID-KEY-INFORMATION";
            case INVALID_ID_INFORMATION -> "INVALID-ID-INFORMATION";
            case INVALID_HASH_INFORMATION -> "INVALID-HASH-INFORMATION";
            case AUTHENTICATION_FAILED -> "AUTHENTICATION-FAILED";
            case UNSUPPORTED_EXCHANGE_TYPE -> "UNSUPPORTED-EXCHANGE-TYPE";
            case CONNECTED -> "CONNECTED";
            case RESPONDER_LIFETIME -> "RESPONDER-LIFETIME";
            case INITIAL_CONTACT -> "INITIAL-CONTACT";
            case R_U_THERE -> "R-U-THERE";
            case R_U_THERE_ACK -> "R-U-THERE-ACK";
            default -> "notify " + type;
        };
    }
}
