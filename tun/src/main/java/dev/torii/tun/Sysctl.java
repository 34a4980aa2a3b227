package dev.torii.tun;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's settings below /proc/sys, read only: Torii reports them and leaves them to the host's owner. */
public final class Sysctl {
    private static final Path ROOT = Path.of("/proc/sys");

    private Sysctl() {}

    /**
     * The value of a setting, without the line's end.
     *
     * @param path below /proc/sys, with slashes: {@code net/ipv4/conf/all/rp_filter}
     */
    public static String read(String path) throws IOException {
        Path file = ROOT.resolve(path).normalize();
        if (!file.startsWith(ROOT)) throw new IllegalArgumentException("not below " + ROOT + ": " + path);
        return Files.readString(file).strip();
    }

    /** The value of a setting that is one number. */
    public static int readInt(String path) throws IOException {
        String text = read(path);
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException notANumber) {
            throw new IOException("sysctl " + path + " is not a number: " + text, notANumber);
        }
    }
}
