package dev.torii.ike.fuzz;

/** Sequences of messages, time and commands into two IKEv2 sessions: see Script. */
public final class AdditionalKeysFuzz {
    private AdditionalKeysFuzz() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        Script.playWithAdditionalKeys(input);
    }
}
