package dev.torii.bgp.wire;

/** Numbers from IANA's BGP registries, and their names. */
public final class Iana {
    /** Stands for an AS that does not fit in two octets, RFC 6793 section 9. */
    public static final int AS_TRANS = 23456;

    public static final int OPEN = 1, UPDATE = 2, NOTIFICATION = 3, KEEPALIVE = 4, ROUTE_REFRESH = 5;

    public static final int HEADER_ERROR = 1, OPEN_ERROR = 2, UPDATE_ERROR = 3, HOLD_TIMER_EXPIRED = 4, FSM_ERROR = 5, CEASE = 6, ROUTE_REFRESH_ERROR = 7, SEND_HOLD_TIMER_EXPIRED = 8;

    public static final int INVALID_MESSAGE_LENGTH = 1;

    public static final int NOT_SYNCHRONIZED = 1, BAD_LENGTH = 2, BAD_TYPE = 3;

    public static final int UNSUPPORTED_VERSION = 1, BAD_PEER_AS = 2, BAD_IDENTIFIER = 3, UNSUPPORTED_PARAMETER = 4, UNACCEPTABLE_HOLD_TIME = 6, UNSUPPORTED_CAPABILITY = 7;

    public static final int MALFORMED_ATTRIBUTE_LIST = 1, UNRECOGNIZED_WELL_KNOWN = 2, MISSING_WELL_KNOWN = 3, ATTRIBUTE_FLAGS = 4,
            ATTRIBUTE_LENGTH = 5, INVALID_ORIGIN = 6, INVALID_NEXT_HOP = 8, OPTIONAL_ATTRIBUTE = 9, INVALID_NETWORK_FIELD = 10, MALFORMED_AS_PATH = 11;

    public static final int CEASE_MAXIMUM_PREFIXES = 1, CEASE_SHUTDOWN = 2, CEASE_DECONFIGURED = 3, CEASE_RESET = 4, CEASE_REJECTED = 5, CEASE_CONFIG_CHANGE = 6, CEASE_COLLISION = 7;

    public static final int ATTR_ORIGIN = 1, ATTR_AS_PATH = 2, ATTR_NEXT_HOP = 3, ATTR_MED = 4, ATTR_LOCAL_PREF = 5, ATTR_ATOMIC_AGGREGATE = 6,
            ATTR_AGGREGATOR = 7, ATTR_COMMUNITIES = 8, ATTR_ORIGINATOR_ID = 9, ATTR_CLUSTER_LIST = 10, ATTR_MP_REACH = 14, ATTR_MP_UNREACH = 15, ATTR_EXTENDED_COMMUNITIES = 16,
            ATTR_AS4_PATH = 17, ATTR_AS4_AGGREGATOR = 18, ATTR_IPV6_EXTENDED_COMMUNITIES = 25, ATTR_LARGE_COMMUNITIES = 32;

    private static final String[] HEADER = {"Unspecific", "Connection Not Synchronized", "Bad Message Length", "Bad Message Type"};
    private static final String[] OPENS = {"Unspecific", "Unsupported Version Number", "Bad Peer AS", "Bad BGP Identifier",
            "Unsupported Optional Parameter", "Authentication Failure", "Unacceptable Hold Time", "Unsupported Capability"};
    private static final String[] UPDATES = {"Unspecific", "Malformed Attribute List", "Unrecognized Well-known Attribute",
            "Missing Well-known Attribute", "Attribute Flags Error", "Attribute Length Error", "Invalid ORIGIN Attribute", "AS Routing Loop",
            "Invalid NEXT_HOP Attribute", "Optional Attribute Error", "Invalid Network Field", "Malformed AS_PATH"};
    private static final String[] FSM = {"Unspecific", "Unexpected Message in OpenSent", "Unexpected Message in OpenConfirm", "Unexpected Message in Established"};
    private static final String[] CEASES = {"Unspecific", "Maximum Number of Prefixes Reached", "Administrative Shutdown", "Peer De-configured",
            "Administrative Reset", "Connection Rejected", "Other Configuration Change", "Connection Collision Resolution", "Out of Resources",
            "Hard Reset", "BFD Down"};

    private Iana() {}

    /** The registry's words for a NOTIFICATION's code and subcode. */
    public static String errorText(int code, int subcode) {
        return switch (code) {
            case HEADER_ERROR -> "Message Header Error/" + name(HEADER, subcode);
            case OPEN_ERROR -> "OPEN Message Error/" + name(OPENS, subcode);
            case UPDATE_ERROR -> "UPDATE Message Error/" + name(UPDATES, subcode);
            case HOLD_TIMER_EXPIRED -> "Hold Timer Expired";
            case FSM_ERROR -> "Finite State Machine Error/" + name(FSM, subcode);
            case CEASE -> "Cease/" + name(CEASES, subcode);
            case ROUTE_REFRESH_ERROR -> "ROUTE-REFRESH Message Error/" + (subcode == 1 ? "Invalid Message Length" : "Unspecific");
            case SEND_HOLD_TIMER_EXPIRED -> "Send Hold Timer Expired";
            default -> "Unknown Error";
        };
    }

    private static String name(String[] names, int subcode) { return subcode < names.length ? names[subcode] : "Unspecific"; }
}
