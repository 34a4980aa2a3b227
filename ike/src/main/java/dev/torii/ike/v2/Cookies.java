package dev.torii.ike.v2;

import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Secret;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.IkeHeader;
import java.security.MessageDigest;

/** Cookies of a responder with many half-open exchanges: RFC 7296, section 2.6. Nothing is kept of those who are asked for one. */
final class Cookies {
    private final IkeCrypto crypto;
    private final Secret secret;

    Cookies(IkeCrypto crypto) {
        this.crypto = crypto;
        this.secret = Secret.copyOf(crypto.random(HashAlgorithm.SHA2_256.bytes()));
    }

    /** Whether an IKE_SA_INIT request bears the cookie of its sender's address, nonce and SPI. */
    boolean bears(Path path, IkeHeader header, Message request) throws Refusal {
        Octets wanted = of(path, header, request);
        return request.notify(NotifyType.COOKIE).filter(notify -> MessageDigest.isEqual(notify.data().toByteArray(), wanted.toByteArray())).isPresent();
    }

    Octets of(Path path, IkeHeader header, Message request) throws Refusal {
        return Octets.of(crypto.prf(HashAlgorithm.SHA2_256, secret, request.the(Payload.Nonce.class).value().toByteArray(),
                path.remote().getAddress().getAddress(), header.initiator().octets().toByteArray()).toByteArray());
    }
}
