package dev.torii.cli.daemon;

import dev.torii.ike.Cookie;
import dev.torii.ike.Handover;
import dev.torii.ike.Identity;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import java.util.ArrayList;
import java.util.List;

/** What a driver asked of its daemon, in order, in words. */
class FakeSurroundings implements IkeDriver.Surroundings {
    final List<String> asked = new ArrayList<>();
    final Counters counters = new Counters();
    private final EventLog log = new EventLog(System::nanoTime);

    @Override public void send(Path path, Octets message) {
        asked.add("send " + message);
    }

    @Override public void keepalive(Path path) {
        asked.add("keepalive");
    }

    @Override public void bind(Cookie cookie, IkeDriver driver) {
        asked.add("bind " + cookie.value());
    }

    @Override public void unbind(Cookie cookie) {
        asked.add("unbind " + cookie.value());
    }

    @Override public void tunnelUp() {
        asked.add("up");
    }

    @Override public void tunnelDown(Reason reason) {
        asked.add("down: " + reason.text());
    }

    @Override public void answered() {
        asked.add("answered");
    }

    @Override public void handOver(String connection, Identity peer, Handover exchange) {
        asked.add("hand over " + peer + " to " + connection);
    }

    @Override public EventLog log() {
        return log;
    }

    @Override public Counters counters() {
        return counters;
    }

    @Override public KeyLog keyLog() {
        return KeyLog.NONE;
    }
}
