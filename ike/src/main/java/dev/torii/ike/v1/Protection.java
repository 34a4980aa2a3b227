package dev.torii.ike.v1;

import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import dev.torii.ike.wire.Message;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.Payload;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** Encrypts and decrypts message bodies (RFC 2409, appendix B) and keeps the hashes of phase 2 (section 5.5 and 5.7). */
final class Protection {
    private final IkeCrypto crypto;
    private final IkeProposal proposal;
    private final KeyMaterialV1 keys;

    Protection(IkeCrypto crypto, IkeProposal proposal, KeyMaterialV1 keys) {
        this.crypto = crypto;
        this.proposal = proposal;
        this.keys = keys;
    }

    /** An encrypted message and the IV of the one after it. */
    record Sealed(Octets message, IvChain next) {
    }

    /** A decrypted message and the IV of the one after it. */
    record Opened(Message message, IvChain next) {
    }

    Sealed seal(IkeHeader header, IvChain iv, List<? extends Payload> payloads) {
        Octets chain = MessageCodec.chain(payloads);
        int block = proposal.encryption().blockBytes();
        var padded = ByteBuffer.allocate((chain.length() + block - 1) / block * block);
        chain.writeTo(padded);
        Octets encrypted = crypto.encrypt(proposal.encryption(), keys.encryptionKey(), iv.iv(), Octets.of(padded.array()));
        return new Sealed(MessageCodec.frame(header, payloads, encrypted), iv.after(encrypted));
    }

    Opened open(IkeHeader header, IvChain iv, Octets message) throws MalformedMessageException {
        Octets encrypted = MessageCodec.body(message);
        if (!header.encrypted()) {
            throw new MalformedMessageException("plain where an encrypted message is expected");
        }
        if (encrypted.length() == 0 || encrypted.length() % proposal.encryption().blockBytes() != 0) {
            throw new MalformedMessageException("encrypted body of " + encrypted.length() + " bytes");
        }
        Octets plain = crypto.decrypt(proposal.encryption(), keys.encryptionKey(), iv.iv(), encrypted);
        return new Opened(MessageCodec.decrypted(header, plain), iv.after(encrypted));
    }

    /** Puts HASH(1) or HASH(2) before the payloads: over the message id, {@code between} and the payloads. */
    Sealed sealHashed(IkeHeader header, IvChain iv, Octets between, List<? extends Payload> payloads) {
        return sealWith(header, iv, hash(Octets.ofInt(header.messageId()), between, MessageCodec.chain(payloads)), payloads);
    }

    /** With a given hash before the payloads. */
    Sealed sealWith(IkeHeader header, IvChain iv, Octets hash, List<? extends Payload> payloads) {
        var all = new ArrayList<Payload>();
        all.add(new Payload.Hash(hash));
        all.addAll(payloads);
        return seal(header, iv, all);
    }

    /** Decrypts and checks HASH(1) or HASH(2). */
    Opened openHashed(IkeHeader header, IvChain iv, Octets between, Octets message) throws IkeException {
        Opened opened = open(header, iv, message);
        check(opened.message(), hash(Octets.ofInt(header.messageId()), between, opened.message().bytesAfterFirst()));
        return opened;
    }

    /** The first payload must be this hash. */
    static void check(Message message, Octets expected) throws IkeException {
        boolean first = !message.parts().isEmpty() && message.parts().get(0).payload() instanceof Payload.Hash;
        if (!first || !MessageDigest.isEqual(expected.toByteArray(), message.parts().get(0).body().toByteArray())) {
            throw new IkeException("hash does not match");
        }
    }

    /** prf(SKEYID_a, ...). */
    Octets hash(Octets... parts) {
        byte[][] data = new byte[parts.length][];
        for (int i = 0; i < parts.length; i++) {
            data[i] = parts[i].toByteArray();
        }
        return Octets.of(crypto.prf(proposal.hash(), keys.skeyidA(), data).toByteArray());
    }
}
