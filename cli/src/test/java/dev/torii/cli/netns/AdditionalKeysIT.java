package dev.torii.cli.netns;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Additional key exchanges (RFC 9370) with strongSwan 6.0 of Debian 13 in both roles: groups, as its packages have no ML-KEM. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.STRONGSWAN_6})
class AdditionalKeysIT {
    private static final RenewalsWithStrongswan6 RENEWALS = new RenewalsWithStrongswan6("trixie", new RenewalsWithStrongswan6.Keys(
            "aes256gcm16-prfsha384-x25519-ke1_ecp256-ke2_modp3072", "aes256gcm16-x25519-ke1_ecp384-ke2_modp2048",
            "CURVE_25519/KE1_ECP_256/KE2_MODP_3072", "CURVE_25519/NO_EXT_SEQ/KE1_ECP_384/KE2_MODP_2048"));

    @Test
    void toriiBegins() throws IOException {
        RENEWALS.toriiBegins("tg-ga");
    }

    @Test
    void strongswanBegins() throws IOException {
        RENEWALS.strongswanBegins("tg-gb");
    }
}
