package dev.torii.cli.daemon;

import dev.torii.esp.InboundSa;
import dev.torii.esp.OutboundSa;
import dev.torii.esp.SaParameters;
import dev.torii.esp.Selector;
import dev.torii.esp.Selectors;
import dev.torii.esp.Suite;
import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Loads what the first exchange needs while the daemon still starts: the first Diffie-Hellman in a JVM takes 70 times as long as the second, and a responder
 * that needs longer than half a second gets everything twice.
 */
final class WarmUp {
    private static final int AES_BYTES = 32;

    private WarmUp() {}

    /** Does it on a thread of its own; nobody waits for it. */
    static void begin(IkeCrypto crypto, EventLog log) {
        var thread = new Thread(() -> {
            try {
                ike(crypto);
                esp();
            } catch (IkeException | RuntimeException notWarm) {
                log.warn("start", "could not load the cryptography in advance: " + notWarm.getMessage());
            }
        }, "torii-warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    private static void ike(IkeCrypto crypto) throws IkeException {
        var ours = crypto.generate(DhGroup.MODP1536);
        var shared = ours.sharedWith(crypto.generate(DhGroup.MODP1536).publicValue());
        crypto.prf(HashAlgorithm.SHA2_384, shared, crypto.random(AES_BYTES));
        var iv = Octets.of(crypto.random(EncryptionAlgorithm.AES_CBC.blockBytes()));
        crypto.encrypt(EncryptionAlgorithm.AES_CBC, Secret.copyOf(crypto.random(AES_BYTES)), iv, iv);
    }

    /** One packet from nowhere to nowhere, sealed and opened. */
    private static void esp() {
        var suite = Suite.AES_256_GCM_16;
        var any = Selector.ofPrefix(InetAddress.getLoopbackAddress(), 0);
        try (var parameters = new SaParameters(0x100, suite, new byte[suite.keyMaterialBytes()], List.of(new Selectors(any, any)),
                SaParameters.DEFAULT_REPLAY_WINDOW)) {
            var packet = ByteBuffer.allocate(20 + OutboundSa.TRAILER).put(0, (byte) 0x45).putShort(2, (short) 20).limit(20);
            var datagram = ByteBuffer.allocate(20 + OutboundSa.OVERHEAD);
            new OutboundSa(parameters).seal(packet, datagram);
            new InboundSa(parameters).open(datagram.flip(), ByteBuffer.allocate(20 + OutboundSa.OVERHEAD));
        }
    }
}
