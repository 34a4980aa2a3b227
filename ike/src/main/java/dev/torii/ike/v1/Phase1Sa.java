package dev.torii.ike.v1;

import dev.torii.ike.Cookie;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeSa;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import java.time.Duration;

/**
 * What Main Mode results in.
 *
 * @param initiatorCookie first half of its name
 * @param responderCookie second half
 * @param initiator whether we began it
 * @param proposal what protects it
 * @param keys its keys
 * @param lastBlock last encrypted block of phase 1, from which phase 2's IVs come
 * @param path of the last message
 * @param nat what NAT detection found
 * @param encapsulated whether children are UDP-encapsulated
 * @param deadPeerDetection whether the peer knows RFC 3706
 * @param initialContact whether the peer said that it has no other SA with us
 * @param lifetime agreed
 * @param peer who it says it is
 */
record Phase1Sa(Cookie initiatorCookie, Cookie responderCookie, boolean initiator, IkeProposal proposal, KeyMaterialV1 keys,
        Octets lastBlock, Path path, NatDetection.Found nat, boolean encapsulated, boolean deadPeerDetection,
        boolean initialContact, Duration lifetime, Identity peer) {

    /** How others see it. */
    IkeSa outside() {
        return new IkeSa(initiatorCookie, responderCookie, initiator, proposal, path, nat.localNat(), nat.remoteNat(),
                new IkeSa.KeysV1(keys.encryptionKey().copy()));
    }

    /** The SPI of ISAKMP in notifications and deletes. */
    Octets spi() {
        return Octets.concat(initiatorCookie.octets(), responderCookie.octets());
    }
}
