package dev.torii.tun;

/** The error numbers this module tells apart (asm-generic/errno.h; the same on x86-64 and AArch64). */
final class Errno {
    static final int EPERM = 1;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int EEXIST = 17;
    static final int ENODEV = 19;
    static final int EINVAL = 22;
    static final int EMSGSIZE = 90;
    static final int EADDRNOTAVAIL = 99;
    static final int ENETUNREACH = 101;
    static final int ENOBUFS = 105;
    static final int ECONNREFUSED = 111;

    private Errno() {}

    /** The kernel's words for an error, with a hint where one helps. */
    static String describe(int errno) {
        String hint = switch (errno) {
            case EPERM, EACCES -> ": needs root or CAP_NET_ADMIN";
            case EBUSY -> ": it is in use";
            default -> "";
        };
        return LibC.strerror(errno) + " (errno " + errno + ")" + hint;
    }
}
