package dev.torii.esp;

/** Explicit Congestion Notification through a tunnel: RFC 6040, normal mode in, section 4.2 out. Two bits each, the lower ones of the traffic class. */
final class Ecn {
    static final int MASK = 0x03;
    static final int NOT_ECT = 0;
    static final int ECT_1 = 1;
    static final int ECT_0 = 2;
    static final int CE = 3;
    /** A mark that would be lost on a sender that does not know it: the packet is dropped instead, which it does know. */
    static final int DROP = -1;

    /** RFC 6040, figure 4: a row for each inner field, a column for each outer one. */
    private static final int[] LEAVING = {
        NOT_ECT, NOT_ECT, NOT_ECT, DROP,
        ECT_1, ECT_1, ECT_1, CE,
        ECT_0, ECT_1, ECT_0, CE,
        CE, CE, CE, CE
    };

    private Ecn() {}

    /** What the inner field becomes on leaving the tunnel, or {@link #DROP}. */
    static int leaving(int inner, int outer) {
        return LEAVING[(inner & MASK) << 2 | outer & MASK];
    }
}
