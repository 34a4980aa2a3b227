package dev.torii.ike.session;

import dev.torii.ike.IkeConfig;
import dev.torii.ike.Path;
import java.util.List;

/**
 * The connections of a host that may be meant by a peer which begins: until it says who it is, only the addresses are known, and several connections may have
 * the same. The session that has answered first hands the exchange over when it knows better ({@link dev.torii.ike.Effect.HandOver}).
 */
@FunctionalInterface
public interface Candidates {
    /** There is nobody to hand anything over to. */
    Candidates NONE = path -> List.of();

    /** All of them in order of preference, of either version of IKE, with the session's own; nothing if the session is to keep whatever it gets. */
    List<IkeConfig> at(Path path);
}
