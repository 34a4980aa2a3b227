package dev.torii.ike.fuzz;

import dev.torii.ike.IkeVersion;

/** Sequences of messages, time and commands into two IKEv2 sessions: see Script. */
public final class SessionV2Fuzz {
    private SessionV2Fuzz() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Script.play(IkeVersion.V2, input);
    }
}
