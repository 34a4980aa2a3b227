package dev.torii.ike.v2;

import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.IkeHeader;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;

/**
 * The SK payload: RFC 7296, section 3.14; RFC 5282 for combined ciphers.
 *
 * @param initiator whether we began the IKE SA
 */
record Protection(IkeCrypto crypto, IkeProposal proposal, KeyMaterialV2 keys, boolean initiator) {
    private static final int GCM_IV = 8;
    private static final int GCM_TAG = 16;

    /** A whole message with these payloads inside. */
    Octets seal(IkeHeader header, List<? extends Payload> payloads) {
        Octets chain = MessageCodec.chain(payloads);
        Secret key = initiator ? keys.ei() : keys.er();
        if (proposal.encryption().combined()) {
            Octets plain = Octets.concat(chain, Octets.of((byte) 0));              // no padding: its length is zero
            Octets start = MessageCodec.encryptedStart(header, payloads, GCM_IV + plain.length() + GCM_TAG);
            Octets iv = counter(header);
            return Octets.concat(start, iv, crypto.seal(proposal.encryption(), cipherKey(key), Octets.concat(salt(key), iv), start, plain));
        }
        int block = proposal.encryption().blockBytes();
        int padding = Math.floorMod(-(chain.length() + 1), block);
        Octets plain = Octets.concat(chain, Octets.of(new byte[padding]), Octets.of((byte) padding));
        Octets start = MessageCodec.encryptedStart(header, payloads, block + plain.length() + checksumBytes());
        Octets iv = Octets.of(crypto.random(block));
        Octets covered = Octets.concat(start, iv, crypto.encrypt(proposal.encryption(), key, iv, plain));
        return Octets.concat(covered, checksum(initiator ? keys.ai() : keys.ar(), covered));
    }

    /** What was inside, if it authenticates; otherwise an {@link IkeException} that is no {@link Refusal} of the contents. */
    Octets open(IkeHeader header, Octets message) throws IkeException {
        Octets body = MessageCodec.encryptedBody(header, message);
        Secret key = initiator ? keys.er() : keys.ei();
        Octets plain;
        if (proposal.encryption().combined()) {
            require(body.length() > GCM_IV + GCM_TAG);
            Octets iv = body.slice(0, GCM_IV);
            plain = crypto.open(proposal.encryption(), cipherKey(key), Octets.concat(salt(key), iv), message.slice(0, MessageCodec.SK_BODY_AT),
                    body.last(body.length() - GCM_IV));
        } else {
            int block = proposal.encryption().blockBytes();
            int encrypted = body.length() - block - checksumBytes();
            require(encrypted > 0 && encrypted % block == 0);
            Octets expected = checksum(initiator ? keys.ar() : keys.ai(), message.slice(0, message.length() - checksumBytes()));
            require(MessageDigest.isEqual(expected.toByteArray(), body.last(checksumBytes()).toByteArray()));
            plain = crypto.decrypt(proposal.encryption(), key, body.slice(0, block), body.slice(block, encrypted));
        }
        int padding = Byte.toUnsignedInt(plain.at(plain.length() - 1));
        require(padding < plain.length());
        return plain.slice(0, plain.length() - 1 - padding);
    }

    /** The payloads of an authenticated message. */
    static Message decode(IkeHeader header, Octets message, Octets plain) throws Refusal {
        return MessageCodec.decrypted(header, message, plain);
    }

    private static void require(boolean holds) throws IkeException {
        if (!holds) {
            throw new IkeException("does not authenticate");
        }
    }

    /** Unique under one key: each side's message id is, once for requests and once for responses (RFC 5282, section 3). */
    private static Octets counter(IkeHeader header) {
        return Octets.of(ByteBuffer.allocate(GCM_IV).putInt(header.response() ? 1 : 0).putInt(header.messageId()).array());
    }

    private Secret cipherKey(Secret key) {
        return key.slice(0, key.length() - proposal.encryption().saltBytes());
    }

    private Octets salt(Secret key) {
        int bytes = proposal.encryption().saltBytes();
        return Octets.of(key.slice(key.length() - bytes, bytes).toByteArray());
    }

    /** RFC 7296's integrity algorithms keep half of the HMAC, SHA-1's 96 bits: RFC 4868, section 2.3; RFC 2404. */
    private int checksumBytes() {
        return TransformIds.checksumBytes(proposal.hash());
    }

    private Octets checksum(Secret key, Octets covered) {
        return Octets.of(crypto.prf(proposal.hash(), key, covered.toByteArray()).toByteArray()).slice(0, checksumBytes());
    }
}
