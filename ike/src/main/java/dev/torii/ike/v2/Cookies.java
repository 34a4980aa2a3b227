package dev.torii.ike.v2;

import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.session.CookieSecret;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.IkeHeader;

/** What a cookie is bound to: the sender's address, nonce and SPI (RFC 7296, section 2.6). */
final class Cookies {
    private Cookies() {
    }

    /** Whether an IKE_SA_INIT request bears the cookie that it was asked for. */
    static boolean bears(CookieSecret secret, Path path, IkeHeader header, Message request) throws Refusal {
        byte[][] parts = parts(path, header, request);
        return request.notify(NotifyType.COOKIE).filter(notify -> secret.made(notify.data(), parts)).isPresent();
    }

    static Octets of(CookieSecret secret, Path path, IkeHeader header, Message request) throws Refusal {
        return secret.cookie(parts(path, header, request));
    }

    private static byte[][] parts(Path path, IkeHeader header, Message request) throws Refusal {
        return new byte[][] {request.the(Payload.Nonce.class).value().toByteArray(), path.remote().getAddress().getAddress(),
            header.initiator().octets().toByteArray()};
    }
}
