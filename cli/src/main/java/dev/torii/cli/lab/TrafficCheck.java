package dev.torii.cli.lab;

import java.util.function.Supplier;

/** Holds a traffic check to its word: what passed was encrypted, in both directions, and nothing crossed the internet in clear. */
final class TrafficCheck {
    private final ToriiDaemon cpe;
    private final InternetWatch internet;
    private final Steps steps;

    TrafficCheck(ToriiDaemon cpe, InternetWatch internet, Steps steps) {
        this.cpe = cpe;
        this.internet = internet;
        this.steps = steps;
    }

    /** Runs {@code traffic}; fails unless both SAs' counters and the internet's count of UDP 4500 rose and that of clear packets did not. */
    <T> T watched(String what, Supplier<T> traffic) {
        long clearBefore = internet.clear();
        long encapsulatedBefore = internet.encapsulated();
        long bytesBefore = internet.encapsulatedBytes();
        var before = EspCounters.of(cpe);
        var result = traffic.get();
        var after = EspCounters.of(cpe);
        long out = after.out() - before.out();
        long in = after.in() - before.in();
        long encapsulated = internet.encapsulated() - encapsulatedBefore;
        long clear = internet.clear() - clearBefore;
        var figures = "ESP packets out +" + out + ", in +" + in + "; on the internet " + encapsulated + " on UDP 4500, " + clear + " in clear";
        if (out <= 0) throw new LabFailure(what + ": the outbound SA's counter did not rise (" + figures + ")");
        if (in <= 0) throw new LabFailure(what + ": the inbound SA's counter did not rise (" + figures + ")");
        long sealed = after.bytes() - before.bytes();
        long carried = internet.encapsulatedBytes() - bytesBefore;
        if (encapsulated <= 0 || carried < sealed) {
            throw new LabFailure(what + ": " + carried + " bytes on UDP 4500 for " + sealed + " sealed and opened (" + figures + ")");
        }
        if (clear > 0) throw new LabFailure(what + ": inner packets crossed the internet in clear (" + figures + ")");
        steps.line("      " + figures);
        return result;
    }
}
