package dev.torii.ike.v2.wire;

/** Payload types: RFC 7296, section 3.2. */
public final class PayloadType {
    /** End of the chain. */
    public static final int NONE = 0;
    /** Security association. */
    public static final int SA = 33;
    /** Key exchange. */
    public static final int KE = 34;
    /** Identification, initiator. */
    public static final int ID_I = 35;
    /** Identification, responder. */
    public static final int ID_R = 36;
    /** Certificate. */
    public static final int CERT = 37;
    /** Certificate request. */
    public static final int CERT_REQ = 38;
    /** Authentication. */
    public static final int AUTH = 39;
    /** Nonce. */
    public static final int NONCE = 40;
    /** Notification. */
    public static final int NOTIFY = 41;
    /** Delete. */
    public static final int DELETE = 42;
    /** Vendor id. */
    public static final int VENDOR_ID = 43;
    /** Traffic selectors, initiator. */
    public static final int TS_I = 44;
    /** Traffic selectors, responder. */
    public static final int TS_R = 45;
    /** Encrypted and authenticated. */
    public static final int SK = 46;
    /** The last type of RFC 7296. */
    static final int LAST_KNOWN = 48;
    /** A fragment, encrypted and authenticated: RFC 7383. */
    public static final int SKF = 53;

    private PayloadType() {
    }
}
