package dev.torii.tun;

import java.io.IOException;

/** A system call or an rtnetlink request was refused. The message names the operation, the error and, where it is known, what to do. */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1;
    private final int errno;

    ErrnoException(String operation, int errno) {
        this(operation, errno, "");
    }

    ErrnoException(String operation, int errno, String detail) {
        super(operation + ": " + Errno.describe(errno) + (detail.isEmpty() ? "" : " (" + detail + ")"));
        this.errno = errno;
    }

    /** The kernel's error number, positive. */
    public int errno() {
        return errno;
    }
}
