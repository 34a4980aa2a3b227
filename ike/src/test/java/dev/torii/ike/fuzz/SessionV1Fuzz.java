package dev.torii.ike.fuzz;

import dev.torii.ike.IkeVersion;

/** Sequences of messages, time and commands into two IKEv1 sessions: see Script. */
public final class SessionV1Fuzz {
    private SessionV1Fuzz() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Script.play(IkeVersion.V1, input);
    }
}
