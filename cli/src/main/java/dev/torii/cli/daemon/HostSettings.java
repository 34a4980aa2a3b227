package dev.torii.cli.daemon;

import dev.torii.tun.Sysctl;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Host-wide kernel settings a gateway depends on. They are the administrator's: only reported, never changed. */
final class HostSettings {
    private HostSettings() {}

    /** One line for each setting that will get in the way, with the command that changes it. */
    static List<String> notes(boolean ipv6) {
        var notes = new ArrayList<String>();
        check(notes, "net.ipv4.ip_forward", value -> value == 0, "=1", "packets are not forwarded between the networks");
        check(notes, "net.ipv4.conf.all.rp_filter", value -> value == 1, "=0", "answers that come back through the other tunnel are dropped");
        if (ipv6) check(notes, "net.ipv6.conf.all.forwarding", value -> value == 0, "=1", "IPv6 packets are not forwarded between the networks");
        return notes;
    }

    private static void check(List<String> notes, String name, java.util.function.IntPredicate wrong, String better, String effect) {
        try {
            int value = Sysctl.readInt(name.replace('.', '/'));
            if (wrong.test(value)) notes.add(name + " is " + value + ": " + effect + " (sysctl -w " + name + better + ")");
        } catch (IOException notThere) {
            // This kernel has no such setting, so it cannot be wrong.
        }
    }
}
