package dev.torii.ike.bench;

import dev.torii.ike.DhGroup;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Map;
import org.bouncycastle.crypto.agreement.DHStandardGroups;

/**
 * The cryptography of an initiator that only makes work for others: real in everything, but with the exponent 3 in groups of integers, so that the
 * responder is what is measured. No secret is safe with it.
 */
final class CheapInitiator {
    private static final Map<DhGroup, BigInteger> PRIMES = Map.of(DhGroup.MODP1536, DHStandardGroups.rfc3526_1536.getP(),
            DhGroup.MODP2048, DHStandardGroups.rfc3526_2048.getP());

    private CheapInitiator() {
    }

    static IkeCrypto crypto() {
        var real = new BouncyCastleCrypto(new SecureRandom());
        return (IkeCrypto) Proxy.newProxyInstance(CheapInitiator.class.getClassLoader(), new Class<?>[] {IkeCrypto.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("generate") && arguments[0] instanceof DhGroup group && PRIMES.containsKey(group)) {
                return new Cubed(group);
            }
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException failed) {
                throw failed.getCause();
            }
        });
    }

    private record Cubed(DhGroup group) implements IkeCrypto.DhKey {
        @Override
        public Octets publicValue() {
            return padded(BigInteger.valueOf(8));           // the generator is 2
        }

        @Override
        public Secret sharedWith(Octets peerPublicValue) throws IkeException {
            return Secret.copyOf(padded(new BigInteger(1, peerPublicValue.toByteArray()).modPow(BigInteger.valueOf(3), PRIMES.get(group))).toByteArray());
        }

        private Octets padded(BigInteger value) {
            byte[] raw = value.toByteArray();
            byte[] out = new byte[group.publicBytes()];
            int length = Math.min(raw.length, out.length);
            System.arraycopy(raw, raw.length - length, out, out.length - length, length);
            return Octets.of(out);
        }
    }
}
