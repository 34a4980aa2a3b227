package dev.torii.ike.v1;

import dev.torii.ike.Effect;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.Octets;
import dev.torii.ike.session.HalfOpens;
import dev.torii.ike.session.SessionContext;
import dev.torii.ike.wire.Payload;
import java.util.List;

/** What the parts of one {@link Connection} share. */
final class Context extends SessionContext {
    final Farewells farewells = new Farewells(this);

    Context(IkeConfig config, IkeCrypto crypto, HalfOpens.Places places) {
        super(config, crypto, places);
    }

    /** Sends payloads under the protection of an established IKE SA. */
    void inform(Phase1 phase1, Payload... payloads) {
        Octets message = Informational.seal(crypto, phase1.sa(), phase1.freshMessageId(this), List.of(payloads));
        out.add(new Effect.Send(phase1.path(), message));
    }
}
