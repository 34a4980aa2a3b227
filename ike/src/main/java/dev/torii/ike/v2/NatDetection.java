package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import java.net.InetSocketAddress;
import java.util.List;

/** NAT detection: RFC 7296, section 2.23. Always SHA-1 over both SPIs, address and port. */
final class NatDetection {
    private final IkeCrypto crypto;
    private final Cookie initiator;
    private final Cookie responder;

    NatDetection(IkeCrypto crypto, Cookie initiator, Cookie responder) {
        this.crypto = crypto;
        this.initiator = initiator;
        this.responder = responder;
    }

    /** What was found. */
    record Found(boolean localNat, boolean remoteNat) {
        static final Found NOTHING = new Found(false, false);
    }

    /** {@code forced}: a source that cannot match, so that the peer sees a NAT. */
    List<Payload> payloads(Path path, boolean forced) {
        Octets source = forced ? Octets.of(crypto.random(HashAlgorithm.SHA1.bytes())) : hash(path.local());
        return List.of(Payload.Notify.of(NotifyType.NAT_DETECTION_SOURCE_IP, source),
                Payload.Notify.of(NotifyType.NAT_DETECTION_DESTINATION_IP, hash(path.remote())));
    }

    /** Compares with what came over {@code path}; several source hashes are allowed. */
    Found find(Message message, Path path) {
        List<Octets> sources = hashes(message, NotifyType.NAT_DETECTION_SOURCE_IP);
        List<Octets> destinations = hashes(message, NotifyType.NAT_DETECTION_DESTINATION_IP);
        if (sources.isEmpty() || destinations.isEmpty()) {
            return Found.NOTHING;
        }
        return new Found(!destinations.contains(hash(path.local())), !sources.contains(hash(path.remote())));
    }

    private static List<Octets> hashes(Message message, int type) {
        return message.all(Payload.Notify.class).stream().filter(notify -> notify.notifyType() == type).map(Payload.Notify::data).toList();
    }

    private Octets hash(InetSocketAddress end) {
        byte[] port = {(byte) (end.getPort() >> 8), (byte) end.getPort()};
        return crypto.hash(HashAlgorithm.SHA1, initiator.octets().toByteArray(), responder.octets().toByteArray(), end.getAddress().getAddress(), port);
    }
}
