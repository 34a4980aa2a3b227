package dev.torii.ike.v2;

import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.IkeHeader;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The SK payload: RFC 7296, section 3.14; RFC 5282 for combined ciphers; its fragments, SKF: RFC 7383, section 2.5.
 *
 * @param initiator whether we began the IKE SA
 */
record Protection(IkeCrypto crypto, IkeProposal proposal, KeyMaterialV2 keys, boolean initiator) {
    private static final int GCM_IV = 8;
    private static final int GCM_TAG = 16;

    /** A message with these payloads inside, in fragments if it is larger than allowed. */
    Sealed seal(IkeHeader header, List<? extends Payload> payloads, Limits limits) {
        int first = MessageCodec.first(payloads);
        Octets chain = MessageCodec.chain(payloads);
        List<Octets> datagrams = cut(header, first, chain, limits.first(), 0);
        boolean large = datagrams.stream().anyMatch(datagram -> datagram.length() > limits.least());
        return new Sealed(datagrams, large ? Optional.of(new Sealed.Origin(this, header, first, chain, limits.least())) : Optional.empty());
    }

    /** At most {@code largest} bytes a datagram. {@code division}: 0, or 1 for a message that was sent before in larger ones. */
    List<Octets> cut(IkeHeader header, int first, Octets chain, int largest, int division) {
        if (MessageCodec.SK_BODY_AT + bodyBytes(chain.length()) <= largest) {
            return List.of(seal(header, first, chain));
        }
        int room = room(largest);
        int total = (chain.length() + room - 1) / room;
        return IntStream.rangeClosed(1, total).mapToObj(number -> fragment(header, first, new MessageCodec.Fragment(number, total),
                chain.slice((number - 1) * room, Math.min(room, chain.length() - (number - 1) * room)), division)).toList();
    }

    private Octets seal(IkeHeader header, int first, Octets chain) {
        return seal(MessageCodec.encryptedStart(header, first, bodyBytes(chain.length())), counter(header, 0, 0), chain);
    }

    /** One fragment. */
    Octets fragment(IkeHeader header, int first, MessageCodec.Fragment place, Octets part, int division) {
        return seal(MessageCodec.fragmentStart(header, first, place, bodyBytes(part.length())), counter(header, division, place.number()), part);
    }

    private Octets seal(Octets start, Octets counter, Octets chain) {
        Secret key = initiator ? keys.ei() : keys.er();
        if (proposal.encryption().combined()) {
            Octets plain = Octets.concat(chain, Octets.of((byte) 0));              // no padding: its length is zero
            return Octets.concat(start, counter, crypto.seal(proposal.encryption(), cipherKey(key), Octets.concat(salt(key), counter), start, plain));
        }
        int block = proposal.encryption().blockBytes();
        int padding = Math.floorMod(-(chain.length() + 1), block);
        Octets plain = Octets.concat(chain, Octets.of(new byte[padding]), Octets.of((byte) padding));
        Octets iv = Octets.of(crypto.random(block));
        Octets covered = Octets.concat(start, iv, crypto.encrypt(proposal.encryption(), key, iv, plain));
        return Octets.concat(covered, checksum(initiator ? keys.ai() : keys.ar(), covered));
    }

    /** Size of the encrypted body with so many bytes of payloads inside. */
    private int bodyBytes(int plainBytes) {
        if (proposal.encryption().combined()) {
            return GCM_IV + plainBytes + 1 + GCM_TAG;
        }
        int block = proposal.encryption().blockBytes();
        return block + (plainBytes + block) / block * block + checksumBytes();
    }

    /** How many bytes of payloads fit into a fragment of a size. */
    private int room(int largest) {
        int body = largest - MessageCodec.SKF_BODY_AT;
        if (proposal.encryption().combined()) {
            return body - GCM_IV - 1 - GCM_TAG;
        }
        int block = proposal.encryption().blockBytes();
        return (body - block - checksumBytes()) / block * block - 1;
    }

    /** What was inside, if it authenticates; otherwise an {@link IkeException} that is no {@link Refusal} of the contents. */
    Octets open(IkeHeader header, Octets message) throws IkeException {
        int at = MessageCodec.encryptedBodyAt(header, message);
        Octets body = message.slice(at, message.length() - at);
        Secret key = initiator ? keys.er() : keys.ei();
        Octets plain;
        if (proposal.encryption().combined()) {
            require(body.length() > GCM_IV + GCM_TAG);
            Octets iv = body.slice(0, GCM_IV);
            plain = crypto.open(proposal.encryption(), cipherKey(key), Octets.concat(salt(key), iv), message.slice(0, at), body.last(body.length() - GCM_IV));
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

    private static void require(boolean holds) throws IkeException {
        if (!holds) {
            throw new IkeException("does not authenticate");
        }
    }

    /**
     * Unique under one key: each side's message id is, once for requests and once for responses (RFC 5282, section 3); of one message each
     * fragment of each division has its own number.
     */
    private static Octets counter(IkeHeader header, int division, int fragment) {
        return Octets.of(ByteBuffer.allocate(GCM_IV).put((byte) (header.response() ? 1 : 0)).put((byte) division).putShort((short) fragment)
                .putInt(header.messageId()).array());
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
