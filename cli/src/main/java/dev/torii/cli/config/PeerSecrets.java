package dev.torii.cli.config;

import dev.torii.ike.Identity;
import dev.torii.ike.Secret;
import java.util.Optional;

/** The pre-shared keys of a conn that is for several peers: each may have its own. */
public interface PeerSecrets {
    /** No conn for several peers, or none with pre-shared keys. */
    PeerSecrets NONE = new PeerSecrets() {
        @Override public Optional<Secret> of(Identity peer) { return Optional.empty(); }

        @Override public void erase() { /* there are none */ }
    };

    /** What is shared with this peer. */
    Optional<Secret> of(Identity peer);

    /** Overwrites them all. */
    void erase();
}
