package dev.torii.esp;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * Who does AES-GCM and ChaCha20-Poly1305: the JDK, or a security provider chosen by its name. A chosen one has passed a self-test, in which it also had to
 * agree with the JDK; an algorithm that it lacks is the JDK's. AES-CBC and the HMACs are always the JDK's.
 */
public final class AeadProvider {
    /** The JDK's own, without a test. */
    public static final AeadProvider JDK = new AeadProvider("JDK", new EnumMap<>(Aead.Algorithm.class));

    private final String name;
    private final Map<Aead.Algorithm, Provider> chosen;             // those that are not the JDK's

    private AeadProvider(String name, Map<Aead.Algorithm, Provider> chosen) {
        this.name = name;
        this.chosen = chosen;
    }

    /**
     * The one with this name among those that java.security lists and those that announce themselves on the class path; "JDK" for the JDK's own. Tested.
     *
     * @throws GeneralSecurityException with a text for the user: there is none, it has neither algorithm, or it failed the test
     */
    public static AeadProvider named(String name) throws GeneralSecurityException {
        return name.equals(JDK.name) ? tested(JDK) : of(find(name));
    }

    static AeadProvider of(Provider provider) throws GeneralSecurityException {
        var chosen = new EnumMap<Aead.Algorithm, Provider>(Aead.Algorithm.class);
        for (var algorithm : Aead.Algorithm.values()) if (has(provider, algorithm)) chosen.put(algorithm, provider);
        if (chosen.isEmpty()) throw new NoSuchAlgorithmException("the security provider " + provider.getName() + " has neither AES-GCM nor ChaCha20-Poly1305");
        return tested(new AeadProvider(provider.getName(), chosen));
    }

    private static AeadProvider tested(AeadProvider provider) throws GeneralSecurityException {
        AeadSelfTest.run(provider);
        return provider;
    }

    private static boolean has(Provider provider, Aead.Algorithm algorithm) {
        try {
            Cipher.getInstance(algorithm.transformation(), provider);
            return true;
        } catch (GeneralSecurityException lacking) {
            return false;
        }
    }

    private static Provider find(String name) throws GeneralSecurityException {
        var listed = Security.getProvider(name);
        if (listed != null) return listed;
        try {
            for (Provider announced : ServiceLoader.load(Provider.class)) if (announced.getName().equals(name)) return announced;
        } catch (ServiceConfigurationError broken) {
            throw new GeneralSecurityException("cannot look for the security provider " + name + ": " + broken.getMessage(), broken);
        }
        var known = Stream.concat(Stream.of(JDK.name),
                Arrays.stream(Security.getProviders()).filter(one -> has(one, Aead.Algorithm.AES_GCM)).map(Provider::getName));
        throw new GeneralSecurityException("no security provider is called " + name + "; with AES-GCM there are " + known.collect(Collectors.joining(", ")));
    }

    /** As it was asked for. */
    public String name() {
        return name;
    }

    /** The algorithms that are this provider's and not the JDK's, in words. */
    public String algorithms() {
        return chosen.keySet().stream().map(algorithm -> algorithm == Aead.Algorithm.AES_GCM ? "AES-GCM" : "ChaCha20-Poly1305")
                .collect(Collectors.joining(", "));
    }

    /** One key's cipher; takes a copy of the first {@code keyBytes} of {@code keyMaterial}. */
    Aead aead(Aead.Algorithm algorithm, byte[] keyMaterial, int keyBytes, int icvBytes) {
        @Nullable Provider provider = chosen.get(algorithm);
        try {
            return new JcaAead(algorithm, keyMaterial, keyBytes, icvBytes, provider);
        } catch (GeneralSecurityException noSuchCipher) {
            throw new IllegalStateException("this Java runtime has no " + algorithm.transformation(), noSuchCipher);
        }
    }

    @Override public String toString() {
        return name;
    }
}
