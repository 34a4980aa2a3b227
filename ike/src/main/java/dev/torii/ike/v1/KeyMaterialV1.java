package dev.torii.ike.v1;

import dev.torii.ike.Cookie;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.util.Arrays;

/**
 * The keys of an IKE SA authenticated by a pre-shared key: RFC 2409, sections 5 and 5.4, and appendix B.
 *
 * @param skeyid from the pre-shared key and the nonces
 * @param skeyidD keys for child SAs come from it
 * @param skeyidA authenticates messages
 * @param skeyidE encryption keys come from it
 * @param encryptionKey of the cipher
 */
record KeyMaterialV1(Secret skeyid, Secret skeyidD, Secret skeyidA, Secret skeyidE, Secret encryptionKey) {

    /** From the pre-shared key, both nonces and g^xy. */
    static KeyMaterialV1 derive(IkeCrypto crypto, IkeProposal proposal, Secret preSharedKey, Octets initiatorNonce, Octets responderNonce,
            Secret shared, Cookie initiator, Cookie responder) {
        HashAlgorithm hash = proposal.hash();
        Secret skeyid = crypto.prf(hash, preSharedKey, initiatorNonce.toByteArray(), responderNonce.toByteArray());
        byte[] gxy = shared.toByteArray();
        byte[] cookies = Octets.concat(initiator.octets(), responder.octets()).toByteArray();
        Secret skeyidD = crypto.prf(hash, skeyid, gxy, cookies, new byte[] {0});
        Secret skeyidA = chained(crypto, hash, skeyid, skeyidD, gxy, cookies, (byte) 1);
        Secret skeyidE = chained(crypto, hash, skeyid, skeyidA, gxy, cookies, (byte) 2);
        Arrays.fill(gxy, (byte) 0);
        return new KeyMaterialV1(skeyid, skeyidD, skeyidA, skeyidE, encryptionKey(crypto, hash, skeyidE, proposal.keyBits() / 8));
    }

    private static Secret chained(IkeCrypto crypto, HashAlgorithm hash, Secret skeyid, Secret before, byte[] gxy, byte[] cookies, byte which) {
        byte[] first = before.toByteArray();
        Secret next = crypto.prf(hash, skeyid, first, gxy, cookies, new byte[] {which});
        Arrays.fill(first, (byte) 0);
        return next;
    }

    /** Ka of appendix B: SKEYID_e itself if it is long enough, else stretched. */
    static Secret encryptionKey(IkeCrypto crypto, HashAlgorithm hash, Secret skeyidE, int bytes) {
        return bytes <= skeyidE.length() ? skeyidE.slice(0, bytes) : stretch(crypto, hash, skeyidE, bytes, new byte[] {0}, false);
    }

    /**
     * KEYMAT of one direction of a child SA: RFC 2409, section 5.5.
     *
     * @param shared g(qm)^xy with perfect forward secrecy, else empty
     */
    static Secret childKey(IkeCrypto crypto, HashAlgorithm hash, Secret skeyidD, byte[] shared, int protocol, Octets spi,
            Octets initiatorNonce, Octets responderNonce, int bytes) {
        byte[] seed = new byte[shared.length + 1 + spi.length() + initiatorNonce.length() + responderNonce.length()];
        var out = java.nio.ByteBuffer.wrap(seed).put(shared).put((byte) protocol);
        spi.writeTo(out);
        initiatorNonce.writeTo(out);
        responderNonce.writeTo(out);
        Secret key = stretch(crypto, hash, skeyidD, bytes, seed, true);
        Arrays.fill(seed, (byte) 0);
        return key;
    }

    /** K1 = prf(key, seed), Kn = prf(key, Kn-1 [| seed]); the first {@code bytes} of K1 | K2 | ... */
    private static Secret stretch(IkeCrypto crypto, HashAlgorithm hash, Secret key, int bytes, byte[] seed, boolean seedAlways) {
        byte[] all = new byte[(bytes + hash.bytes() - 1) / hash.bytes() * hash.bytes()];
        byte[] block = new byte[0];
        for (int at = 0; at < all.length; at += hash.bytes()) {
            Secret next = at == 0 || seedAlways ? crypto.prf(hash, key, block, seed) : crypto.prf(hash, key, block);
            Arrays.fill(block, (byte) 0);
            block = next.toByteArray();
            next.erase();
            System.arraycopy(block, 0, all, at, block.length);
        }
        Arrays.fill(block, (byte) 0);
        Secret whole = Secret.copyOf(all);
        Arrays.fill(all, (byte) 0);
        Secret cut = whole.slice(0, bytes);
        whole.erase();
        return cut;
    }

    /** Overwrites everything. */
    void erase() {
        skeyid.erase();
        skeyidD.erase();
        skeyidA.erase();
        skeyidE.erase();
        encryptionKey.erase();
    }
}
