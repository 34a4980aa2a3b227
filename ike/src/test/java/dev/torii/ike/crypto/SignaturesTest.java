package dev.torii.ike.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.SignatureScheme;
import dev.torii.ike.SigningKey;
import dev.torii.ike.cert.Authority;
import dev.torii.ike.sim.SimCrypto;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Optional;
import java.util.Random;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published signatures and names of algorithms; signatures that are none. */
class SignaturesTest {
    private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);

    private static PublicKey publicKey(int bits, String privateHex) throws Exception {
        var point = CustomNamedCurves.getByName("secp" + bits + "r1").getG().multiply(new BigInteger(privateHex, 16)).normalize();
        var parameters = ((ECPublicKey) Authority.keys("P-" + bits).getPublic()).getParams();
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(
                new ECPoint(point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger()), parameters));
    }

    /** RFC 4754, sections 8.1 to 8.3: the private key, then r and s of "abc". */
    @ParameterizedTest
    @CsvSource({
        "ECDSA_P256, 256, DC51D3866A15BACDE33D96F992FCA99DA7E6EF0934E7097559C27F1614C88A7F,"
            + "CB28E0999B9C7715FD0A80D8E47A77079716CBBF917DD72E97566EA1C066957C86FA3BB4E26CAD5BF90B7F81899256CE7594BB1EA0C89212748BFF3B3D5B0315",
        "ECDSA_P384, 384, 0BEB646634BA87735D77AE4809A0EBEA865535DE4C1E1DCB692E84708E81A5AF62E528C38B2A81B35309668D73524D9F,"
            + "FB017B914E29149432D8BAC29A514640B46F53DDAB2C69948084E2930F1C8F7E08E07C9C63F2D21A07DCB56A6AF56EB3"
            + "B263A1305E057F984D38726A1B46874109F417BCA112674C528262A40A629AF1CBB9F516CE0FA7D2FF630863A00E8B9F",
        "ECDSA_P521, 521, "
            + "0065FDA3409451DCAB0A0EAD45495112A3D813C17BFD34BDF8C1209D7DF5849120597779060A7FF9D704ADF78B570FFAD6F062E95C7E0C5D5481C5B153B48B375FA1,"
            + "0154FD3836AF92D0DCA57DD5341D3053988534FDE8318FC6AAAAB68E2E6F4339B19F2F281A7E0B22C269D93CF8794A9278880ED7DBB8D9362CAEACEE544320552251"
            + "017705A7030290D1CEB605A9A1BB03FF9CDD521E87A696EC926C8C10C8362DF4975367101F67D1CF9BCCBF2F3D239534FA509E70AAC851AE01AAC68D62F866472660"})
    void theSignaturesOfRfc4754Verify(SignatureScheme scheme, int bits, String privateHex, String signature) throws Exception {
        PublicKey key = publicKey(bits, privateHex);
        assertTrue(Signatures.verify(scheme, key, Octets.ofHex(signature), ABC));
        assertFalse(Signatures.verify(scheme, key, Octets.ofHex(signature), "abd".getBytes(StandardCharsets.US_ASCII)));
        assertFalse(Signatures.verify(scheme, key, Octets.ofHex(signature.substring(2)), ABC));
    }

    /** RFC 7427, appendix A. */
    @ParameterizedTest
    @CsvSource({
        "RSA_SHA2_256, 300d06092a864886f70d01010b0500",
        "RSA_SHA2_384, 300d06092a864886f70d01010c0500",
        "RSA_SHA2_512, 300d06092a864886f70d01010d0500",
        "ECDSA_SHA2_256, 300a06082a8648ce3d040302",
        "ECDSA_SHA2_384, 300a06082a8648ce3d040303",
        "ECDSA_SHA2_512, 300a06082a8648ce3d040304",
        "RSA_PSS_SHA2_256, 304106092a864886f70d01010a3034a00f300d06096086480165030402010500"
                + "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120"})
    void theNamesOfRfc7427(SignatureScheme scheme, String der) {
        assertEquals(Octets.ofHex(der), SignatureNames.encode(scheme));
        assertEquals(Optional.of(scheme), SignatureNames.decode(Octets.ofHex(der)));
    }

    /** RFC 4055, section 2.1: parameters of hashes may be NULL or absent. */
    @Test
    void eachNameIsUnderstoodWithAndWithoutNull() {
        assertEquals(Optional.of(SignatureScheme.RSA_SHA2_256), SignatureNames.decode(Octets.ofHex("300b06092a864886f70d01010b")));
        assertEquals(Optional.of(SignatureScheme.RSA_PSS_SHA2_256), SignatureNames.decode(Octets.ofHex(
                "303d06092a864886f70d01010a3030a00d300b0609608648016503040201a11a301806092a864886f70d010108300b0609608648016503040201a203020120")));
    }

    @Test
    void otherNamesAndGarbageAreNone() {
        for (String der : new String[] {"", "30", "3000", "0500", "300d06092a864886f70d0101050500", "300506032b6570", "30ff", "300d06092a864886f70d01010a0500",
            "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020114",
            "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402020500a203020120"}) {
            assertEquals(Optional.empty(), SignatureNames.decode(Octets.ofHex(der)), der);
        }
        var chance = new Random(1);
        byte[] sound = SignatureNames.encode(SignatureScheme.RSA_PSS_SHA2_256).toByteArray();
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = sound.clone();
            damaged[chance.nextInt(damaged.length)] ^= (byte) (1 << chance.nextInt(8));
            SignatureNames.decode(Octets.of(damaged));          // whatever it is, it is an answer
        }
    }

    @Test
    void aSignatureThatIsNoneOrOfAnotherKindDoesNotVerify() {
        var rsa = Authority.keys("RSA-2048").getPublic();
        var curve = Authority.keys("P-256").getPublic();
        for (SignatureScheme scheme : SignatureScheme.values()) {
            for (int length : new int[] {0, 1, 64, 72, 96, 132, 256}) {
                assertFalse(Signatures.verify(scheme, rsa, Octets.of(new byte[length]), ABC), scheme + " " + length);
                assertFalse(Signatures.verify(scheme, curve, Octets.of(new byte[length]), ABC), scheme + " " + length);
            }
        }
    }

    @Test
    void anErasedKeySignsNothingMore() throws IkeException {
        var key = Authority.root("CN=x").signingKey();
        assertEquals(64, Signatures.sign(new SimCrypto(1), SignatureScheme.ECDSA_P256, key, ABC).length());
        key.erase();
        assertThrows(IllegalStateException.class, () -> Signatures.sign(new SimCrypto(1), SignatureScheme.ECDSA_P256, key, ABC));
        assertThrows(IkeException.class, () -> new SigningKey("RSA", Secret.copyOf(new byte[20])));
    }
}
