package dev.torii.ike.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** ML-KEM against NIST's vectors for FIPS 203, and what FIPS 203 wants checked. */
class MlKemTest {
    private final BouncyCastleCrypto crypto = new BouncyCastleCrypto(new SecureRandom());

    /** A block of the file of vectors. */
    record Vector(String kind, DhGroup group, String id, Map<String, Octets> values) {
        byte[] bytes(String name) {
            return octets(name).toByteArray();
        }

        Octets octets(String name) {
            return Objects.requireNonNull(values.get(name));
        }

        @Override
        public String toString() {
            return kind + " " + group + " " + id;
        }
    }

    static Stream<Vector> vectors() throws IOException {
        try (var in = Objects.requireNonNull(MlKemTest.class.getResourceAsStream("/vectors/nist-acvp-ml-kem.txt"))) {
            var vectors = new ArrayList<Vector>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
                if (line.startsWith("[")) {
                    String[] words = line.substring(1, line.length() - 1).split(" ", 3);
                    vectors.add(new Vector(words[0], DhGroup.valueOf(words[1]), words[2], new HashMap<>()));
                } else if (!line.isEmpty() && !line.startsWith("#")) {
                    String[] pair = line.split(" = ");
                    vectors.get(vectors.size() - 1).values().put(pair[0], Octets.ofHex(pair[1]));
                }
            }
            assertEquals(18, vectors.size());
            return vectors.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void nistsVectorsHold(Vector vector) throws IkeException {
        switch (vector.kind()) {
            case "keyGen" -> {
                byte[] seeds = Octets.concat(vector.octets("d"), vector.octets("z")).toByteArray();
                assertEquals(vector.octets("ek"), MlKemKey.of(vector.group(), seeds).publicValue());
                assertEquals(vector.group().publicBytes(), vector.octets("ek").length());
            }
            case "encapsulation" -> {
                IkeCrypto.Responded responded = MlKemKey.encapsulate(vector.group(), vector.octets("ek"), vector.bytes("m"));
                assertEquals(vector.octets("c"), responded.publicValue());
                assertEquals(Secret.copyOf(vector.bytes("k")), responded.shared());
            }
            case "decapsulation" -> assertEquals(Secret.copyOf(vector.bytes("k")),
                    MlKemKey.of(vector.group(), vector.bytes("dk")).sharedWith(vector.octets("c")));
            default -> throw new AssertionError(vector);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"})
    void bothSidesComeToTheSameSecretOnce(DhGroup group) throws IkeException {
        IkeCrypto.DhKey key = crypto.generate(group);
        IkeCrypto.Responded responded = crypto.respond(group, key.publicValue());
        assertEquals(group.secretBytes(), responded.shared().length());
        assertNotEquals(responded.publicValue(), crypto.respond(group, key.publicValue()).publicValue());
        assertEquals(responded.shared(), key.sharedWith(responded.publicValue()));
        assertTrue(((MlKemKey) key).secret().isErased());
        assertEquals("key of " + group, key.toString());
    }

    @ParameterizedTest
    @EnumSource(names = {"ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"})
    void aCiphertextOfAnotherSizeIsRefusedAndTheKeyStays(DhGroup group) throws IkeException {
        IkeCrypto.DhKey key = crypto.generate(group);
        Octets sound = crypto.respond(group, key.publicValue()).publicValue();
        for (Octets bad : List.of(Octets.EMPTY, sound.slice(0, sound.length() - 1), Octets.concat(sound, Octets.of((byte) 0)))) {
            assertThrows(IkeException.class, () -> key.sharedWith(bad));
        }
        assertEquals(group.secretBytes(), key.sharedWith(sound).length());
    }

    /** FIPS 203, section 7.2: what is not reduced modulo q is no key, wherever it is. */
    @ParameterizedTest
    @EnumSource(names = {"ML_KEM_512", "ML_KEM_768", "ML_KEM_1024"})
    void aPublicValueThatIsNoKeyIsRefused(DhGroup group) throws IkeException {
        Octets sound = crypto.generate(group).publicValue();
        int numbers = (sound.length() - 32) * 2 / 3;
        for (int number = 0; number < numbers; number += 17) {
            for (int value : new int[] {3329, 4095}) {
                Octets bad = with(sound, number, value);
                assertThrows(IkeException.class, () -> crypto.respond(group, bad));
            }
            assertEquals(32, crypto.respond(group, with(sound, number, 3328)).shared().length());
        }
        for (Octets bad : List.of(Octets.EMPTY, sound.slice(0, sound.length() - 1), Octets.concat(sound, Octets.of((byte) 0)), Octets.of(new byte[32]))) {
            assertThrows(IkeException.class, () -> crypto.respond(group, bad));
        }
    }

    private static Octets with(Octets key, int number, int value) {
        byte[] bytes = key.toByteArray();
        int at = number / 2 * 3;
        if (number % 2 == 0) {
            bytes[at] = (byte) value;
            bytes[at + 1] = (byte) (bytes[at + 1] & 0xF0 | value >> 8);
        } else {
            bytes[at + 1] = (byte) (bytes[at + 1] & 0x0F | value << 4);
            bytes[at + 2] = (byte) (value >> 4);
        }
        return Octets.of(bytes);
    }

    /** draft-ietf-ipsecme-ikev2-mlkem, and FIPS 203, table 3. */
    @Test
    void numbersAndSizesAreThoseOfTheRegistry() throws IkeException {
        assertEquals(List.of(35, 36, 37), Stream.of(DhGroup.ML_KEM_512, DhGroup.ML_KEM_768, DhGroup.ML_KEM_1024).map(DhGroup::id).toList());
        assertEquals(List.of(800, 1184, 1568), Stream.of(DhGroup.ML_KEM_512, DhGroup.ML_KEM_768, DhGroup.ML_KEM_1024).map(DhGroup::publicBytes).toList());
        assertEquals(1088, crypto.respond(DhGroup.ML_KEM_768, crypto.generate(DhGroup.ML_KEM_768).publicValue()).publicValue().length());
    }
}
