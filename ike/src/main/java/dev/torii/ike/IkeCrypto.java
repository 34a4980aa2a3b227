package dev.torii.ike;

/** The only port of the machines: chance and cryptography. Deterministic in tests. Methods are total for valid arguments. */
public interface IkeCrypto {
    /** Fresh random bytes. */
    byte[] random(int bytes);

    /** A fresh private value in a group. */
    DhKey generate(DhGroup group);

    /**
     * The responder's part of a key exchange.
     *
     * @param initiatorsValue what the initiator has sent
     * @throws IkeException if that is not in the group
     */
    default Responded respond(DhGroup group, Octets initiatorsValue) throws IkeException {
        DhKey own = generate(group);
        return new Responded(own.publicValue(), own.sharedWith(initiatorsValue));
    }

    /** HMAC of the concatenated data. */
    Secret prf(HashAlgorithm hash, Secret key, byte[]... data);

    /** The plain hash of the concatenated data. */
    Octets hash(HashAlgorithm hash, byte[]... data);

    /** Encrypts whole blocks without padding. */
    Octets encrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets plain);

    /** Decrypts whole blocks; padding is left in place. */
    Octets decrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets encrypted);

    /** Encrypts and authenticates with a combined cipher; the tag is at the end. */
    Octets seal(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets plain);

    /** The inverse of {@link #seal}. @throws IkeException if it does not authenticate */
    Octets open(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets sealed) throws IkeException;

    /** What a responder tells the initiator, and what both then know. */
    record Responded(Octets publicValue, Secret shared) {
    }

    /** One side of a Diffie-Hellman exchange. */
    interface DhKey {
        /** The group. */
        DhGroup group();

        /** What the peer is told, {@link DhGroup#publicBytes()} long. */
        Octets publicValue();

        /** The shared secret, as long as the public value. @throws IkeException if the peer's value is not in the group */
        Secret sharedWith(Octets peerPublicValue) throws IkeException;
    }
}
