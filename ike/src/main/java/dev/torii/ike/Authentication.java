package dev.torii.ike;

import dev.torii.ike.cert.DistinguishedName;
import dev.torii.ike.cert.Trust;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How the two sides prove who they are: with IKEv2 each in its own way (RFC 7296, section 2.15), with IKEv1 both by one pre-shared key.
 *
 * @param own what we prove it with
 * @param peer what the peer must prove it with
 * @param postQuantum what is mixed into the keys besides, with IKEv2
 */
public record Authentication(Own own, Peer peer, PostQuantumKeys postQuantum) {
    /** Our proof. */
    public sealed interface Own { }

    /** What is demanded of the peer. */
    public sealed interface Peer { }

    /** A secret that both sides know. */
    public record PreSharedKey(Secret secret) implements Own, Peer { }

    /**
     * A signature with the key of a certificate.
     *
     * @param chain our certificate, then what leads to an authority that the peer knows, without that one
     * @param key the certificate's
     * @param schemes what we sign with, in order of preference
     * @param sending when the chain goes along
     */
    public record Certificate(List<X509Certificate> chain, SigningKey key, List<SignatureScheme> schemes, Sending sending) implements Own {
        /** Copies the lists. */
        public Certificate {
            chain = List.copyOf(chain);
            schemes = List.copyOf(schemes);
            if (chain.isEmpty()) {
                throw new IllegalArgumentException("no certificate");
            }
        }
    }

    /** When our certificates are sent. */
    public enum Sending {
        /** In every IKE_AUTH. */
        ALWAYS,
        /** If the peer has sent a CERTREQ. */
        IF_ASKED,
        /** The peer has got it some other way. */
        NEVER
    }

    /**
     * A signature, and a certificate that says whose it is.
     *
     * @param trust who must have issued the certificate
     * @param schemes what is accepted
     * @param issuer an authority that the path must pass
     * @param known the peer's certificate, where it was given to us beforehand: no other is accepted, whoever issued it
     * @param now the time of day, at which certificates must be valid
     */
    public record Certified(Trust trust, List<SignatureScheme> schemes, Optional<DistinguishedName> issuer, Optional<X509Certificate> known,
            Supplier<Instant> now) implements Peer {
        /** Copies the list. */
        public Certified {
            schemes = List.copyOf(schemes);
        }
    }

    /** Without post-quantum keys. */
    public Authentication(Own own, Peer peer) {
        this(own, peer, PostQuantumKeys.NONE);
    }

    /** The same secret for both directions. */
    public static Authentication preSharedKey(Secret secret) {
        var key = new PreSharedKey(secret);
        return new Authentication(key, key);
    }

    /** The same with another pre-shared key wherever there is one. */
    public Authentication with(Secret secret) {
        var key = new PreSharedKey(secret);
        return new Authentication(own instanceof PreSharedKey ? key : own, peer instanceof PreSharedKey ? key : peer, postQuantum);
    }

    /** Overwrites secrets and private keys: nothing can be proved with them any more. */
    public void erase() {
        switch (own) {
            case PreSharedKey key -> key.secret().erase();
            case Certificate certificate -> certificate.key().erase();
        }
        if (peer instanceof PreSharedKey key) {
            key.secret().erase();
        }
        postQuantum.keys().forEach(key -> key.secret().erase());
    }

    /** Whether anything is to be signed, by either side. */
    public boolean signed() {
        return !(own instanceof PreSharedKey && peer instanceof PreSharedKey);
    }
}
