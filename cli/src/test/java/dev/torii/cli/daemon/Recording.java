package dev.torii.cli.daemon;

import dev.torii.ike.ChildSa;
import dev.torii.ike.DhGroup;
import dev.torii.ike.Effect;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.Event;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeSa;
import dev.torii.ike.IkeSession;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Octets;
import dev.torii.ike.Secret;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Everything that went into one {@link IkeSession} and came out of it: its events, the answers of chance, its effects. Put into a fresh session, the same
 * events and answers must give the same effects. Holds keys: for tests only.
 */
final class Recording {
    /** One event and what the session asked for in return, written out with its keys. */
    record Exchange(Event event, List<String> effects) {}

    private final List<Exchange> exchanges = new ArrayList<>();
    private final Deque<Octets> random = new ArrayDeque<>();
    private final Deque<RecordedKey> keys = new ArrayDeque<>();

    /** A Diffie-Hellman key as the session saw it: its public value, and a shared secret for each value of a peer. */
    private record RecordedKey(DhGroup group, Octets publicValue, Map<Octets, Secret> shared) {}

    List<Exchange> exchanges() {
        return List.copyOf(exchanges);
    }

    /** A session like any other that is written down here. */
    IkeDriver.Machine machine(IkeConfig config) {
        var session = new IkeSession(config, new RecordingCrypto());
        return new IkeDriver.Machine() {
            @Override public List<Effect> step(Event event) {
                var effects = session.step(event);
                exchanges.add(new Exchange(event, effects.stream().map(Recording::written).toList()));
                return effects;
            }

            @Override public IkeStatus status() {
                return session.status();
            }
        };
    }

    /** What a fresh session asks for, given {@code events} and the recorded answers of chance. */
    List<Exchange> replay(IkeConfig config, List<Event> events) {
        var session = new IkeSession(config, new ReplayedCrypto(new ArrayDeque<>(random), new ArrayDeque<>(keys)));
        return events.stream().map(event -> new Exchange(event, session.step(event).stream().map(Recording::written).toList())).toList();
    }

    /** Written at once: a session erases its keys later. */
    private static String written(Effect effect) {
        return effect + switch (effect) {
            case Effect.InstallInbound(ChildSa child) -> " " + hex(child.inboundKey());
            case Effect.InstallOutbound(ChildSa child) -> " " + hex(child.outboundKey());
            case Effect.IkeUp(var sa) -> switch (sa.keys()) {
                case IkeSa.KeysV1(Secret encryption) -> " " + hex(encryption);
                case IkeSa.KeysV2 keys -> " " + hex(keys.encryptionInitiator()) + " " + hex(keys.encryptionResponder());
            };
            default -> "";                                  // the others hold no key
        };
    }

    private static String hex(Secret secret) {
        return HexFormat.of().formatHex(secret.toByteArray());
    }

    /** The functions without chance are the real ones in both. */
    private abstract static class Functions implements IkeCrypto {
        final BouncyCastleCrypto real = new BouncyCastleCrypto(new SecureRandom());

        @Override public Secret prf(HashAlgorithm hash, Secret key, byte[]... data) {
            return real.prf(hash, key, data);
        }

        @Override public Octets hash(HashAlgorithm hash, byte[]... data) {
            return real.hash(hash, data);
        }

        @Override public Octets encrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets plain) {
            return real.encrypt(algorithm, key, iv, plain);
        }

        @Override public Octets decrypt(EncryptionAlgorithm algorithm, Secret key, Octets iv, Octets encrypted) {
            return real.decrypt(algorithm, key, iv, encrypted);
        }

        @Override public Octets seal(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets plain) {
            return real.seal(algorithm, key, nonce, associated, plain);
        }

        @Override public Octets open(EncryptionAlgorithm algorithm, Secret key, Octets nonce, Octets associated, Octets sealed) throws IkeException {
            return real.open(algorithm, key, nonce, associated, sealed);
        }
    }

    private final class RecordingCrypto extends Functions {
        @Override public byte[] random(int bytes) {
            byte[] answer = real.random(bytes);
            random.add(Octets.of(answer));
            return answer;
        }

        @Override public DhKey generate(DhGroup group) {
            var key = real.generate(group);
            var recorded = new RecordedKey(group, key.publicValue(), new HashMap<>());
            keys.add(recorded);
            return new DhKey() {
                @Override public DhGroup group() {
                    return group;
                }

                @Override public Octets publicValue() {
                    return key.publicValue();
                }

                @Override public Secret sharedWith(Octets peerPublicValue) throws IkeException {
                    var secret = key.sharedWith(peerPublicValue);
                    recorded.shared().put(peerPublicValue, secret.copy());
                    return secret;
                }
            };
        }
    }

    private static final class ReplayedCrypto extends Functions {
        private final Deque<Octets> random;
        private final Deque<RecordedKey> keys;

        ReplayedCrypto(Deque<Octets> random, Deque<RecordedKey> keys) {
            this.random = random;
            this.keys = keys;
        }

        @Override public byte[] random(int bytes) {
            byte[] answer = random.remove().toByteArray();
            if (answer.length != bytes) throw new IllegalStateException("asked for " + bytes + " bytes where it was " + answer.length);
            return answer;
        }

        @Override public DhKey generate(DhGroup group) {
            var key = keys.remove();
            if (key.group() != group) throw new IllegalStateException("asked for " + group + " where it was " + key.group());
            return new DhKey() {
                @Override public DhGroup group() {
                    return group;
                }

                @Override public Octets publicValue() {
                    return key.publicValue();
                }

                @Override public Secret sharedWith(Octets peerPublicValue) throws IkeException {
                    var secret = key.shared().get(peerPublicValue);
                    if (secret == null) throw new IkeException("never heard of this public value");
                    return secret.copy();
                }
            };
        }
    }
}
