package dev.torii.tun;

import java.io.IOException;

/** A netlink message that cannot be read. The kernel does not send such; it would be a mistake of ours. */
public final class MalformedNetlinkException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedNetlinkException(String cause) {
        super("malformed netlink message: " + cause);
    }
}
