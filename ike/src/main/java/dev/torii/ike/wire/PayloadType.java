package dev.torii.ike.wire;

/** Payload types: RFC 2408, section 3.1; RFC 3947, section 3.2 and 5.2. */
public final class PayloadType {
    /** End of the chain. */
    public static final int NONE = 0;
    /** Security association. */
    public static final int SA = 1;
    /** Proposal, inside SA only. */
    public static final int PROPOSAL = 2;
    /** Transform, inside a proposal only. */
    public static final int TRANSFORM = 3;
    /** Key exchange. */
    public static final int KE = 4;
    /** Identification. */
    public static final int ID = 5;
    /** Hash. */
    public static final int HASH = 8;
    /** Nonce. */
    public static final int NONCE = 10;
    /** Notification. */
    public static final int NOTIFY = 11;
    /** Delete. */
    public static final int DELETE = 12;
    /** Vendor id. */
    public static final int VENDOR_ID = 13;
    /** NAT discovery. */
    public static final int NAT_D = 20;
    /** NAT original address. */
    public static final int NAT_OA = 21;
    /** A fragment of a message: a private number that Cisco began with. */
    public static final int FRAGMENT = 132;

    private PayloadType() {
    }
}
