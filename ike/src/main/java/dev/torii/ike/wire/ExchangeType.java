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

    private ExchangeType() {
    }
}
