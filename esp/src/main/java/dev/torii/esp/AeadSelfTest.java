package dev.torii.esp;

import dev.torii.esp.Aead.Algorithm;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What a provider must be able to do before it gets a packet: published answers, agreement with the JDK's in every size class, no forged ICV taken, nothing
 * written outside its place, and the same object used again after each.
 */
final class AeadSelfTest {
    private static final int ICV_BYTES = 16;
    private static final int MARGIN = 3;                            // before and behind what is written
    private static final byte UNTOUCHED = (byte) 0xA5;
    private static final int[] SIZES = {2, 16, 63, 511, 512, 1400, 9000};

    /** McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, cases 4, 10 and 16; RFC 8439, section 2.8.2. */
    private static final List<Answer> ANSWERS = List.of(
            gcm("feffe9928665731c6d6a8f9467308308",
                    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
                            + "5bc94fbc3221a5db94fae95ae7121a47"),
            gcm("feffe9928665731c6d6a8f9467308308feffe9928665731c",
                    "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda2710"
                            + "2519498e80f1478f37ba55bd6d27618c"),
            gcm("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
                    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                            + "76fc6ece0f4e1768cddf8853bb2d551b"),
            new Answer(Algorithm.CHACHA20_POLY1305, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", "070000004041424344454647",
                    "50515253c0c1c2c3c4c5c6c7",
                    "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666657220796f75206f"
                            + "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e",
                    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
                            + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116"
                            + "1ae10b594f09e26a7e902ecbd0600691"));

    private AeadSelfTest() {}

    private record Answer(Algorithm algorithm, String key, String nonce, String aad, String plain, String sealed) {}

    private static Answer gcm(String key, String sealed) {
        return new Answer(Algorithm.AES_GCM, key, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39", sealed);
    }

    /** Throws if {@code provider} does anything wrong. */
    static void run(AeadProvider provider) throws GeneralSecurityException {
        for (Answer answer : ANSWERS) {
            try {
                known(provider, answer);
                sizes(provider, answer);
            } catch (GeneralSecurityException | RuntimeException broken) {
                throw new GeneralSecurityException("the security provider " + provider.name() + " fails the self-test of " + answer.algorithm().transformation()
                        + " with a key of " + answer.key().length() * 4 + " bits: " + broken.getMessage(), broken);
            }
        }
    }

    private static void known(AeadProvider provider, Answer answer) throws GeneralSecurityException {
        byte[] plain = hex(answer.plain());
        for (int icvBytes : answer.algorithm() == Algorithm.AES_GCM ? new int[] {ICV_BYTES, 12} : new int[] {ICV_BYTES}) {
            var aead = provider.aead(answer.algorithm(), hex(answer.key()), answer.key().length() / 2, icvBytes);
            byte[] sealed = Arrays.copyOf(hex(answer.sealed()), plain.length + icvBytes);
            expect(sealed, within(sealed.length, into -> seal(aead, answer, plain, into)), "sealing gives something else than is published");
            opens(aead, answer, sealed, plain);
            aead.erase();
        }
    }

    private static void sizes(AeadProvider provider, Answer answer) throws GeneralSecurityException {
        byte[] key = hex(answer.key());
        for (int size : SIZES) {
            var ours = provider.aead(answer.algorithm(), key, key.length, ICV_BYTES);
            var jdks = AeadProvider.JDK.aead(answer.algorithm(), key, key.length, ICV_BYTES);
            byte[] plain = new byte[size];
            for (int i = 0; i < size; i++) plain[i] = (byte) (i * 7 + i / 256);
            byte[] sealed = within(size + ICV_BYTES, into -> seal(jdks, answer, plain, into));
            expect(sealed, within(sealed.length, into -> seal(ours, answer, plain, into)), "sealing " + size + " bytes gives something else than the JDK");
            opens(ours, answer, sealed, plain);
        }
    }

    /** The right bytes are opened, before and after wrong ones, which are not: one in the ICV, one in the ciphertext. */
    private static void opens(Aead aead, Answer answer, byte[] sealed, byte[] plain) throws GeneralSecurityException {
        for (int wrong : new int[] {sealed.length - 1, 0}) {
            expect(plain, within(plain.length, into -> open(aead, answer, sealed, into)), "opening " + plain.length + " bytes gives something else");
            byte[] forged = sealed.clone();
            forged[wrong] ^= 1;
            if (aead.open(hex(answer.nonce()), hex(answer.aad()), forged, 0, forged.length, new byte[plain.length], 0)) {
                throw new GeneralSecurityException("a forged packet is taken for a true one");
            }
        }
        expect(plain, within(plain.length, into -> open(aead, answer, sealed, into)), "opening after a forgery gives something else");
    }

    private interface Writing {
        void into(byte[] out) throws GeneralSecurityException;
    }

    /** What {@code writing} puts {@link #MARGIN} bytes behind the beginning, provided that it touches nothing else. */
    private static byte[] within(int bytes, Writing writing) throws GeneralSecurityException {
        byte[] out = new byte[bytes + 2 * MARGIN];
        Arrays.fill(out, UNTOUCHED);
        writing.into(out);
        for (int i = 0; i < MARGIN; i++) {
            if (out[i] != UNTOUCHED || out[out.length - 1 - i] != UNTOUCHED) throw new GeneralSecurityException("it writes outside its place");
        }
        return Arrays.copyOfRange(out, MARGIN, MARGIN + bytes);
    }

    private static void seal(Aead aead, Answer answer, byte[] plain, byte[] into) throws GeneralSecurityException {
        aead.seal(hex(answer.nonce()), hex(answer.aad()), plain, 0, plain.length, into, MARGIN);
    }

    private static void open(Aead aead, Answer answer, byte[] sealed, byte[] into) throws GeneralSecurityException {
        if (!aead.open(hex(answer.nonce()), hex(answer.aad()), sealed, 0, sealed.length, into, MARGIN)) {
            throw new GeneralSecurityException("a true packet is not taken");
        }
    }

    private static void expect(byte[] expected, byte[] actual, String otherwise) throws GeneralSecurityException {
        if (!Arrays.equals(expected, actual)) throw new GeneralSecurityException(otherwise);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
