package dev.torii.cli.netns;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** ML-KEM as additional key exchange with the strongSwan of the release after Debian 13, which has it from OpenSSL, in both roles. */
@NamespaceTest({NamespaceTest.Needs.STRONGSWAN, NamespaceTest.Needs.STRONGSWAN_6_ML_KEM})
class MlKemIT {
    private static final RenewalsWithStrongswan6 RENEWALS = new RenewalsWithStrongswan6("forky", new RenewalsWithStrongswan6.Keys(
            "aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke2_mlkem1024", "aes256gcm16-x25519-ke1_mlkem768-ke2_mlkem512",
            "CURVE_25519/KE1_ML_KEM_768/KE2_ML_KEM_1024", "CURVE_25519/NO_EXT_SEQ/KE1_ML_KEM_768/KE2_ML_KEM_512"));

    @Test
    void toriiBegins() throws IOException {
        RENEWALS.toriiBegins("tg-ma");
    }

    @Test
    void strongswanBegins() throws IOException {
        RENEWALS.strongswanBegins("tg-mb");
    }
}
