package dev.torii.ike.v1;

import dev.torii.ike.Cookie;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.wire.Message;
import dev.torii.ike.wire.Payload;
import java.net.InetSocketAddress;
import java.util.List;

/** NAT detection: RFC 3947, section 3. */
final class NatDetection {
    /** MD5 of "RFC 3947": the sender knows NAT traversal as in the RFC. Drafts have other ids and are not spoken here. */
    static final Octets VENDOR_ID = Octets.ofHex("4a131c81070358455c5728f20e95452f");

    private final IkeCrypto crypto;
    private final HashAlgorithm hash;
    private final Cookie initiator;
    private final Cookie responder;

    NatDetection(IkeCrypto crypto, HashAlgorithm hash, Cookie initiator, Cookie responder) {
        this.crypto = crypto;
        this.hash = hash;
        this.initiator = initiator;
        this.responder = responder;
    }

    /** What was found. {@code known} is false when the peer sent nothing to compare with. */
    record Found(boolean known, boolean localNat, boolean remoteNat) {
        static final Found NOTHING = new Found(false, false, false);
    }

    /** The destination's hash first, then the source's; {@code forced}: a source that cannot match, so that the peer sees a NAT. */
    List<Payload> payloads(Path path, boolean forced) {
        Octets source = forced ? Octets.of(crypto.random(hash.bytes())) : hash(path.local());
        return List.of(new Payload.NatD(hash(path.remote())), new Payload.NatD(source));
    }

    /** Compares with what came over {@code path}. */
    Found find(Message message, Path path) {
        List<Octets> hashes = message.all(Payload.NatD.class).stream().map(Payload.NatD::hash).toList();
        if (hashes.size() < 2) {
            return Found.NOTHING;
        }
        boolean localNat = !hashes.get(0).equals(hash(path.local()));
        boolean remoteNat = !hashes.subList(1, hashes.size()).contains(hash(path.remote()));
        return new Found(true, localNat, remoteNat);
    }

    private Octets hash(InetSocketAddress end) {
        byte[] port = {(byte) (end.getPort() >> 8), (byte) end.getPort()};
        return crypto.hash(hash, initiator.octets().toByteArray(), responder.octets().toByteArray(), end.getAddress().getAddress(), port);
    }
}
