package dev.torii.tun;

import java.io.IOException;

/** {@link LinuxTun#open} found an interface of that name that is not its own. */
public final class InterfaceExistsException extends IOException {
    private static final long serialVersionUID = 1;

    InterfaceExistsException(String name) {
        super("interface " + name + " exists already: another program or another Torii made it (`ip -d link show " + name + "` tells more)");
    }
}
