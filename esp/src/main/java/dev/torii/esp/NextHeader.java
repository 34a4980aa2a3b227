package dev.torii.esp;

/** The next header values of ESP in tunnel mode (RFC 4303, section 2.6). */
final class NextHeader {
    static final byte IPV4 = 4;
    static final byte IPV6 = 41;
    /** No next header: a dummy packet. */
    static final byte NONE = 59;

    private NextHeader() {}
}
