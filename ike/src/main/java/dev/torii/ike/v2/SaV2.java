package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeSa;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Secret;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.wire.IkeHeader;
import java.util.List;

/**
 * An IKE SA as negotiated.
 *
 * @param initiator whether we began it (or its latest rekeying)
 * @param nat what NAT detection found; inherited by successors
 * @param limits from which size on messages are fragmented; inherited too
 */
record SaV2(Cookie initiatorSpi, Cookie responderSpi, boolean initiator, IkeProposal proposal, KeyMaterialV2 keys, NatDetection.Found nat, Limits limits) {
    Cookie own() {
        return initiator ? initiatorSpi : responderSpi;
    }

    Protection protection(IkeCrypto crypto) {
        return new Protection(crypto, proposal, keys, initiator);
    }

    /** A protected message. */
    Sealed seal(IkeCrypto crypto, int exchange, boolean response, int messageId, List<? extends Payload> payloads) {
        int flags = (initiator ? IkeHeader.INITIATOR : 0) | (response ? IkeHeader.RESPONSE : 0);
        return protection(crypto).seal(IkeHeader.v2(initiatorSpi, responderSpi, exchange, flags, messageId), payloads, limits);
    }

    /** The same with the keys that follow from another key exchange: RFC 9370, section 2.2.3. The keys before it are erased on their own. */
    SaV2 advanced(IkeCrypto crypto, Secret shared, Octets ni, Octets nr) {
        KeyMaterialV2 next = KeyMaterialV2.derive(crypto, proposal, keys.successorSeed(crypto, shared, ni, nr, List.of()), ni, nr, initiatorSpi, responderSpi);
        return new SaV2(initiatorSpi, responderSpi, initiator, proposal, next, nat, limits);
    }

    /** How others see it. */
    IkeSa outside(Path path) {
        return new IkeSa(initiatorSpi, responderSpi, initiator, proposal, path, nat.localNat(), nat.remoteNat(), keys.outside());
    }
}
