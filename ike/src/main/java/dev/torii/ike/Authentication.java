package dev.torii.ike;

/**
 * How the two sides prove who they are: with IKEv2 each in its own way (RFC 7296, section 2.15), with IKEv1 both by one pre-shared key.
 *
 * @param own what we prove it with
 * @param peer what the peer must prove it with
 */
public record Authentication(Own own, Peer peer) {
    /** Our proof. */
    public sealed interface Own { }

    /** What is demanded of the peer. */
    public sealed interface Peer { }

    /** A secret that both sides know. */
    public record PreSharedKey(Secret secret) implements Own, Peer { }

    /** The same secret for both directions. */
    public static Authentication preSharedKey(Secret secret) {
        var key = new PreSharedKey(secret);
        return new Authentication(key, key);
    }
}
