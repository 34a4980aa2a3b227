package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Serial;
import java.nio.ByteBuffer;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A chosen provider is used, and only after it has passed the self-test. */
class AeadProviderTest {
    /** What a {@link Wrong} cipher does otherwise than the JDK's. */
    private enum Fault { NONE, WRONG_CIPHERTEXT, TAKES_FORGERIES, WRITES_BEYOND, ONLY_ONCE, FROM_512_BYTES_ON }

    private static Fault fault;
    private static int sealed;

    @BeforeEach void asTheJdk() {
        fault = Fault.NONE;
        sealed = 0;
    }

    /** AES-GCM only, by the JDK, with a fault. */
    private static final class Chosen extends Provider {
        @Serial private static final long serialVersionUID = 1L;

        Chosen(boolean withGcm) {
            super("Chosen", "1", "for a test");
            if (withGcm) put("Cipher.AES/GCM/NoPadding", Wrong.class.getName());
        }
    }

    @Test void theJdkPassesItsOwnTest() throws GeneralSecurityException {
        assertEquals("JDK", AeadProvider.named("JDK").name());
        assertEquals("SunJCE", AeadProvider.named("SunJCE").name());
        assertEquals("AES-GCM, ChaCha20-Poly1305", AeadProvider.named("SunJCE").algorithms());
    }

    @Test void aChosenProviderSealsAndWhatItLacksIsTheJdks() throws GeneralSecurityException {
        var chosen = AeadProvider.of(new Chosen(true));
        assertEquals("AES-GCM", chosen.algorithms());
        int before = sealed;
        for (var suite : new Suite[] {Suite.AES_256_GCM_16, Suite.CHACHA20_POLY1305}) {
            try (var parameters = Sas.parameters(Sas.SPI, suite, Sas.ALL4)) {
                var datagram = Sas.seal(new OutboundSa(parameters, chosen), Packets.ipv4(100));
                assertEquals(Verdict.OPENED, new InboundSa(parameters, chosen).open(datagram, ByteBuffer.allocate(200)), suite.name());
            }
        }
        assertEquals(before + 1, sealed);
    }

    @Test void whoeverIsUnknownIsNamedWithThoseThatAreKnown() {
        var unknown = assertThrows(GeneralSecurityException.class, () -> AeadProvider.named("AmazonCorretto"));
        assertTrue(unknown.getMessage().startsWith("no security provider is called AmazonCorretto; with AES-GCM there are JDK, SunJCE"), unknown.getMessage());
        var nothing = assertThrows(GeneralSecurityException.class, () -> AeadProvider.of(new Chosen(false)));
        assertEquals("the security provider Chosen has neither AES-GCM nor ChaCha20-Poly1305", nothing.getMessage());
    }

    @Test void whoeverFailsTheSelfTestIsRefusedWithTheReason() {
        assertEquals("sealing gives something else than is published", failureOf(Fault.WRONG_CIPHERTEXT));
        assertEquals("a forged packet is taken for a true one", failureOf(Fault.TAKES_FORGERIES));
        assertEquals("it writes outside its place", failureOf(Fault.WRITES_BEYOND));
        assertEquals("cannot be used again", failureOf(Fault.ONLY_ONCE));
        assertEquals("sealing 512 bytes gives something else than the JDK", failureOf(Fault.FROM_512_BYTES_ON));
    }

    private static String failureOf(Fault with) {
        fault = with;
        var refused = assertThrows(GeneralSecurityException.class, () -> AeadProvider.of(new Chosen(true)), with.name());
        String beginning = "the security provider Chosen fails the self-test of AES/GCM/NoPadding with a key of 128 bits: ";
        assertTrue(refused.getMessage().startsWith(beginning), refused.getMessage());
        return refused.getMessage().substring(beginning.length());
    }

    /** The JDK's cipher, and what {@link #fault} says. */
    public static final class Wrong extends CipherSpi {
        private final Cipher right;
        private boolean sealing;
        private int started;

        public Wrong() throws GeneralSecurityException {
            right = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        }

        @Override protected void engineInit(int mode, Key key, AlgorithmParameterSpec spec, SecureRandom random) {
            sealing = mode == Cipher.ENCRYPT_MODE;
            if (fault == Fault.ONLY_ONCE && started++ > 0) throw new IllegalStateException("cannot be used again");
            try {
                right.init(mode, key, spec, random);
            } catch (GeneralSecurityException broken) {
                throw new AssertionError(broken);
            }
        }

        @Override protected int engineDoFinal(byte[] in, int offset, int bytes, byte[] out, int outOffset) throws AEADBadTagException {
            if (sealing) sealed++;
            try {
                int written = right.doFinal(in, offset, bytes, out, outOffset);
                if (fault == Fault.WRONG_CIPHERTEXT || fault == Fault.FROM_512_BYTES_ON && sealing && bytes >= 512) out[outOffset] ^= 1;
                if (fault == Fault.WRITES_BEYOND) out[outOffset + written] = 0;
                return written;
            } catch (AEADBadTagException forged) {
                if (fault == Fault.TAKES_FORGERIES) return bytes - 16;
                throw forged;
            } catch (GeneralSecurityException broken) {
                throw new AssertionError(broken);
            }
        }

        @Override protected void engineUpdateAAD(byte[] aad, int offset, int bytes) {
            right.updateAAD(aad, offset, bytes);
        }

        @Override protected void engineInit(int mode, Key key, SecureRandom random) {
            throw new UnsupportedOperationException();
        }

        @Override protected void engineInit(int mode, Key key, AlgorithmParameters parameters, SecureRandom random) {
            throw new UnsupportedOperationException();
        }

        @Override protected byte[] engineDoFinal(byte[] in, int offset, int bytes) {
            throw new UnsupportedOperationException();
        }

        @Override protected byte[] engineUpdate(byte[] in, int offset, int bytes) {
            throw new UnsupportedOperationException();
        }

        @Override protected int engineUpdate(byte[] in, int offset, int bytes, byte[] out, int outOffset) {
            throw new UnsupportedOperationException();
        }

        @Override protected int engineGetBlockSize() {
            return 16;
        }

        @Override protected byte[] engineGetIV() {
            return right.getIV();
        }

        @Override protected int engineGetOutputSize(int bytes) {
            return right.getOutputSize(bytes);
        }

        @Override protected AlgorithmParameters engineGetParameters() {
            throw new UnsupportedOperationException();
        }

        @Override protected void engineSetMode(String mode) {}

        @Override protected void engineSetPadding(String padding) {}
    }
}
