package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
import dev.torii.ike.EspProposal;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeSa;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The keys of an IKE SA: RFC 7296, sections 2.13 to 2.18.
 *
 * @param hash the pseudo-random function is its HMAC
 * @param d children and successors are derived from it
 * @param ai the initiator's messages are authenticated with it; empty with a combined cipher
 * @param ar the same for the responder
 * @param ei the initiator's messages are encrypted with it; with a combined cipher the salt is at its end (RFC 5282, section 7.1)
 * @param er the same for the responder
 * @param pi for the initiator's AUTH payload
 * @param pr for the responder's
 */
record KeyMaterialV2(HashAlgorithm hash, Secret d, Secret ai, Secret ar, Secret ei, Secret er, Secret pi, Secret pr) {
    private static final byte[] PAD = "Key Pad for IKEv2".getBytes(StandardCharsets.US_ASCII);

    /** Keys of an IKE SA whose seed comes from {@link #seed} or {@link #successorSeed}. */
    static KeyMaterialV2 derive(IkeCrypto crypto, IkeProposal proposal, Secret seed, Octets ni, Octets nr, Cookie initiator, Cookie responder) {
        HashAlgorithm hash = proposal.hash();
        int integrity = proposal.encryption().combined() ? 0 : hash.bytes();
        int encryption = proposal.keyBits() / 8 + proposal.encryption().saltBytes();
        int[] sizes = {hash.bytes(), integrity, integrity, encryption, encryption, hash.bytes(), hash.bytes()};
        List<Secret> keys = split(expand(crypto, hash, seed, Arrays.stream(sizes).sum(),
                ni.toByteArray(), nr.toByteArray(), initiator.octets().toByteArray(), responder.octets().toByteArray()), sizes);
        seed.erase();
        return new KeyMaterialV2(hash, keys.get(0), keys.get(1), keys.get(2), keys.get(3), keys.get(4), keys.get(5), keys.get(6));
    }

    /** The same with a post-quantum key mixed in: RFC 8784, section 3. Erased on its own. */
    KeyMaterialV2 mixed(IkeCrypto crypto, Secret ppk) {
        return new KeyMaterialV2(hash, mix(crypto, ppk, d), ai.copy(), ar.copy(), ei.copy(), er.copy(), mix(crypto, ppk, pi), mix(crypto, ppk, pr));
    }

    private Secret mix(IkeCrypto crypto, Secret ppk, Secret key) {
        byte[] seed = key.toByteArray();
        try {
            return expand(crypto, hash, ppk, seed.length, seed);
        } finally {
            Arrays.fill(seed, (byte) 0);
        }
    }

    /** SKEYSEED of a new IKE SA. */
    static Secret seed(IkeCrypto crypto, HashAlgorithm hash, Secret shared, Octets ni, Octets nr) {
        byte[] secret = shared.toByteArray();
        try {
            return crypto.prf(hash, Secret.copyOf(Octets.concat(ni, nr).toByteArray()), secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** SKEYSEED of the IKE SA that replaces this one: RFC 7296, section 2.18. {@code more}: of additional key exchanges (RFC 9370, section 2.2.4). */
    Secret successorSeed(IkeCrypto crypto, Secret shared, Octets ni, Octets nr, List<Secret> more) {
        byte[] secret = shared.toByteArray();
        byte[] further = joined(more);
        try {
            return crypto.prf(hash, d, secret, ni.toByteArray(), nr.toByteArray(), further);
        } finally {
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(further, (byte) 0);
        }
    }

    private static byte[] joined(List<Secret> secrets) {
        ByteBuffer all = ByteBuffer.allocate(secrets.stream().mapToInt(Secret::length).sum());
        for (Secret each : secrets) {
            byte[] bytes = each.toByteArray();
            all.put(bytes);
            Arrays.fill(bytes, (byte) 0);
        }
        return all.array();
    }

    /** Key material of a child SA: first what its initiator sends with, then what its responder sends with (section 2.17). */
    List<Secret> child(IkeCrypto crypto, EspProposal suite, Optional<Secret> shared, Octets ni, Octets nr, List<Secret> more) {
        byte[] secret = shared.map(Secret::toByteArray).orElseGet(() -> new byte[0]);
        byte[] further = joined(more);
        try {
            int each = suite.keyMaterialBytes();
            return split(expand(crypto, hash, d, 2 * each, secret, ni.toByteArray(), nr.toByteArray(), further), each, each);
        } finally {
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(further, (byte) 0);
        }
    }

    /** AUTH with a pre-shared key: section 2.15. {@code intAuth}: what is covered of IKE_INTERMEDIATE, if that was spoken. */
    Octets auth(IkeCrypto crypto, Secret preSharedKey, boolean byInitiator, Octets firstMessage, Octets otherNonce, Octets idBody, Octets intAuth) {
        Secret padded = crypto.prf(hash, preSharedKey, PAD);
        byte[] id = identity(crypto, byInitiator, idBody).toByteArray();
        Octets auth = Octets.of(crypto.prf(hash, padded, firstMessage.toByteArray(), otherNonce.toByteArray(), id, intAuth.toByteArray()).toByteArray());
        padded.erase();
        return auth;
    }

    /** The identity as AUTH covers it: section 2.15. */
    Octets identity(IkeCrypto crypto, boolean ofInitiator, Octets idBody) {
        return Octets.of(crypto.prf(hash, ofInitiator ? pi : pr, idBody.toByteArray()).toByteArray());
    }

    /** prf+: section 2.13. */
    static Secret expand(IkeCrypto crypto, HashAlgorithm hash, Secret key, int bytes, byte[]... seed) {
        byte[] out = new byte[bytes];
        byte[] last = new byte[0];
        byte[][] data = new byte[seed.length + 2][];
        System.arraycopy(seed, 0, data, 1, seed.length);
        for (int made = 0, round = 1; made < bytes; made += last.length, round++) {
            data[0] = last;
            data[seed.length + 1] = new byte[] {(byte) round};
            Secret next = crypto.prf(hash, key, data);
            Arrays.fill(last, (byte) 0);
            last = next.toByteArray();
            next.erase();
            System.arraycopy(last, 0, out, made, Math.min(last.length, bytes - made));
        }
        Arrays.fill(last, (byte) 0);
        Secret secret = Secret.copyOf(out);
        Arrays.fill(out, (byte) 0);
        return secret;
    }

    private static List<Secret> split(Secret material, int... sizes) {
        var parts = new ArrayList<Secret>();
        int at = 0;
        for (int size : sizes) {
            parts.add(material.slice(at, size));
            at += size;
        }
        material.erase();
        return parts;
    }

    IkeSa.Keys outside() {
        return new IkeSa.KeysV2(ei.copy(), er.copy(), ai.copy(), ar.copy());
    }

    void erase() {
        List.of(d, ai, ar, ei, er, pi, pr).forEach(Secret::erase);
    }
}
