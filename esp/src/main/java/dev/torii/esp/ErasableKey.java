package dev.torii.esp;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * A key whose bytes can be overwritten, which {@code SecretKeySpec} does not offer. What a provider derives from it is not ours
 * to erase.
 */
final class ErasableKey implements SecretKey {
    private static final long serialVersionUID = 1L;

    private final String algorithm;
    private final transient byte[] bytes;
    private transient boolean destroyed;

    ErasableKey(String algorithm, byte[] material, int length) {
        this.algorithm = algorithm;
        this.bytes = Arrays.copyOf(material, length);
    }

    @Override public String getAlgorithm() {
        return algorithm;
    }

    @Override public String getFormat() {
        return "RAW";
    }

    /** A copy: providers overwrite what they are given. */
    @Override public byte[] getEncoded() {
        if (destroyed) throw new IllegalStateException("the key is erased");
        return bytes.clone();
    }

    @Override public void destroy() {
        Arrays.fill(bytes, (byte) 0);
        destroyed = true;
    }

    @Override public boolean isDestroyed() {
        return destroyed;
    }

    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException("a key stays here");
    }

    @Override public String toString() {
        return algorithm + " key ***";
    }
}
