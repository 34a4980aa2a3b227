package dev.torii.ike;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ValuesTest {
    @Test
    void aSecretNeverPrintsItself() {
        Secret secret = Secret.ofText("Shared_secret_tunnel1");
        assertEquals("***", secret.toString());
        assertFalse(String.valueOf(Optional.of(secret)).contains("Shared"));
        assertEquals(secret, secret.copy());
        assertNotEquals(secret, Secret.ofText("Shared_secret_tunnel2"));
        assertEquals(secret.hashCode(), Secret.ofText("Shared_secret_tunnel2").hashCode(), "the hash code tells only the length");
    }

    @Test
    void anErasedSecretIsGone() {
        Secret secret = Secret.ofText("x");
        Secret copy = secret.copy();
        secret.erase();
        secret.erase();
        assertThrows(IllegalStateException.class, secret::toByteArray);
        assertNotEquals(copy, secret);
        assertNotEquals(Secret.copyOf((byte) 0), secret);
        assertEquals(1, copy.toByteArray().length);
    }

    @Test
    void anIdentityFromThePeerPrintsOnlyHarmlessCharacters() {
        assertEquals("@a??b", new Identity(Identity.FQDN, Octets.of("a\n\u001bb".getBytes(StandardCharsets.UTF_8))).toString());
        assertEquals("type 1 0102", new Identity(Identity.IPV4_ADDR, Octets.ofHex("0102")).toString());
    }

    @Test
    void suitesAreNamedAsTheStatusShowsThem() {
        assertEquals("AES_CBC_256-HMAC_SHA2_384-MODP1536",
                new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_384, DhGroup.MODP1536).toString());
        var esp = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.of(DhGroup.MODP1536));
        assertEquals("AES_GCM_16_256-MODP1536", esp.toString());
        assertEquals(36, esp.keyMaterialBytes());
        assertThrows(IllegalArgumentException.class, () -> new EspProposal(EspCipher.AES_GCM_16, 200, Optional.empty(), Optional.empty()));
        assertThrows(IllegalArgumentException.class,
                () -> new EspProposal(EspCipher.AES_GCM_16, 256, Optional.of(IntegrityAlgorithm.HMAC_SHA1_96), Optional.empty()));
    }
}
