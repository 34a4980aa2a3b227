package dev.torii.ike.v1;

import dev.torii.ike.Cookie;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Spi;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.sim.Configs;
import dev.torii.ike.sim.Endpoint;
import dev.torii.ike.sim.IkePair;
import dev.torii.ike.sim.SimCrypto;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.Message;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.Payload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A peer that knows the secret and does everything right, until a test makes it say something else in one message, soundly encrypted and hashed. */
final class Impostor {
    static final IkeConfig LEFT = Configs.left().build();
    static final IkeConfig RIGHT = Configs.right().build();
    private static final Cookie OWN = new Cookie(0x77);
    private static final Spi SPI = new Spi(0x1234);

    final IkePair pair = new IkePair(1, LEFT, RIGHT);
    final Endpoint victim;
    private final boolean initiator;
    private final SimCrypto crypto = new SimCrypto(99);
    private final MainMode machine;
    private final Path path;
    private MainMode.State state = new MainMode.State.Idle();

    /** How a message's payloads are changed. */
    interface Change extends Function<List<Payload>, List<Payload>> {
        static Change without(Class<? extends Payload> kind) {
            return payloads -> payloads.stream().filter(payload -> !kind.isInstance(payload)).toList();
        }

        static Change twice(Class<? extends Payload> kind) {
            return payloads -> {
                var more = new ArrayList<>(payloads);
                more.addAll(payloads.stream().filter(kind::isInstance).toList());
                return more;
            };
        }

        static Change to(Payload other) {
            return payloads -> payloads.stream().map(payload -> payload.getClass() == other.getClass() ? other : payload).toList();
        }

        static Change and(Payload other) {
            return payloads -> {
                var more = new ArrayList<>(payloads);
                more.add(other);
                return more;
            };
        }
    }

    private Impostor(boolean initiator) {
        this.initiator = initiator;
        this.victim = initiator ? pair.right() : pair.left();
        this.machine = initiator ? new MainModeInitiator(LEFT, crypto, OWN) : new MainModeResponder(RIGHT, crypto, OWN, List.of());
        try {
            this.path = new Path(new InetSocketAddress(InetAddress.getByName(initiator ? "192.168.1.42" : "198.51.100.11"), Path.IKE_PORT),
                    new InetSocketAddress(InetAddress.getByName(initiator ? "198.51.100.11" : "192.168.1.42"), Path.IKE_PORT));
        } catch (UnknownHostException notLiteral) {
            throw new AssertionError(notLiteral);
        }
    }

    /** The right side is asked. */
    static Impostor beginning() {
        var one = new Impostor(true);
        one.state = one.machine.step(one.state, new Input.Begin(one.path)).next();
        return one;
    }

    /** The left side begins. */
    static Impostor asked() {
        var one = new Impostor(false);
        one.pair.left().start();
        one.hear();
        return one;
    }

    /** Main Mode up to its message {@code number}, which is not sent yet. */
    static Impostor before(int number) {
        Impostor one = number % 2 == 1 ? beginning() : asked();
        for (int sent = number % 2 == 1 ? 1 : 2; sent < number; sent += 2) {
            one.send(one.message());
            one.hear();
        }
        return one;
    }

    void send(Octets message) {
        pair.inject(victim, message);
    }

    Octets heard() {
        return victim.sent.isEmpty() ? Octets.EMPTY : victim.sent.get(victim.sent.size() - 1);
    }

    /** Takes the victim's last message. */
    void hear() {
        try {
            state = machine.step(state, new Input.Arrived(path, IkeHeader.peek(heard()), heard(), false)).next();
        } catch (IkeException runt) {
            throw new AssertionError(runt);
        }
    }

    /** The message that it would send now. */
    Octets message() {
        return switch (state) {
            case MainMode.Waiting waiting -> waiting.flight().message();
            case MainMode.State.SaAnswered s -> s.answer();
            case MainMode.State.KeAnswered s -> s.answer();
            case MainMode.State.Established s -> s.answer();
            default -> throw new AssertionError(state.toString());
        };
    }

    Phase1Sa sa() {
        return ((MainMode.State.Established) state).sa();
    }

    /** A plain message with other payloads. */
    static Octets plain(Octets message, Change change) throws IkeException {
        Message sound = MessageCodec.decode(message);
        return MessageCodec.encode(sound.header(), change.apply(payloads(sound)));
    }

    private static List<Payload> payloads(Message message) {
        return message.parts().stream().map(Message.Part::payload).toList();
    }

    /** Message 5 or 6 with other payloads. {@code mm5}: what message 6 answers. */
    Octets authentication(Change change, Octets mm5, MainMode.State.KeAnswered answered) throws IkeException {
        MainMode.Terms terms = initiator ? ((MainMode.State.AuthSent) state).terms() : answered.terms();
        MainMode.Secrets secrets = initiator ? ((MainMode.State.AuthSent) state).secrets() : answered.secrets();
        var protection = new Protection(crypto, terms.proposal(), secrets.keys());
        IvChain iv = initiator ? IvChain.phase1(crypto, terms.proposal(), secrets.initiatorPublic(), secrets.responderPublic())
                : protection.open(IkeHeader.peek(mm5), answered.iv(), mm5).next();
        Octets sound = message();
        Message opened = protection.open(IkeHeader.peek(sound), iv, sound).message();
        return protection.seal(opened.header(), iv, change.apply(payloads(opened))).message();
    }

    MainMode.State state() {
        return state;
    }

    private QuickMode.Setting setting(int messageId) {
        IkeConfig config = initiator ? LEFT : RIGHT;
        return new QuickMode.Setting(config, crypto, sa(), path, messageId, SPI,
                List.of(Traffic.of(config.localSelectors().get(0), config.remoteSelectors().get(0))));
    }

    /** Message 1 of a Quick Mode with other payloads behind its hash. */
    Octets quickMode1(int messageId, Change change) throws IkeException {
        QuickMode.Setting setting = setting(messageId);
        Step<QuickMode.State> begun = new QuickModeInitiator(setting).step(new QuickMode.State.Idle(), new Input.Begin(path));
        Octets sound = ((QuickMode.State.Offered) begun.next()).flight().message();
        Message opened = setting.protection().openHashed(IkeHeader.peek(sound), setting.iv(), Octets.EMPTY, sound).message();
        return setting.protection().sealHashed(setting.header(), setting.iv(), Octets.EMPTY, change.apply(tail(opened))).message();
    }

    /** Message 2 of the Quick Mode that the victim began. */
    Octets quickMode2(Change change) throws IkeException {
        Octets qm1 = heard();
        IkeHeader header = IkeHeader.peek(qm1);
        QuickMode.Setting setting = setting(header.messageId());
        Step<QuickMode.State> answered = new QuickModeResponder(setting).step(new QuickMode.State.Idle(), new Input.Arrived(path, header, qm1, false));
        Octets sound = ((QuickMode.State.Answered) answered.next()).flight().message();
        Protection.Opened first = setting.protection().openHashed(header, setting.iv(), Octets.EMPTY, qm1);
        Octets nonce = first.message().the(Payload.Nonce.class).value();
        Message opened = setting.protection().openHashed(IkeHeader.peek(sound), first.next(), nonce, sound).message();
        return setting.protection().sealHashed(setting.header(), first.next(), nonce, change.apply(tail(opened))).message();
    }


    private static List<Payload> tail(Message message) {
        List<Payload> all = payloads(message);
        return all.subList(1, all.size());
    }

    /** An exchange that begins with HASH(1), such as an Informational. */
    Octets hashed(int exchange, int messageId, List<Payload> payloads) {
        var header = IkeHeader.v1(sa().initiatorCookie(), sa().responderCookie(), exchange, IkeHeader.ENCRYPTED, messageId);
        return new Protection(crypto, sa().proposal(), sa().keys())
                .sealHashed(header, IvChain.phase2(crypto, sa().proposal(), sa().lastBlock(), messageId), Octets.EMPTY, payloads).message();
    }

    /** What the victim said last in an Informational: its only payload. */
    Payload said() throws IkeException {
        IkeHeader header = IkeHeader.peek(heard());
        Message opened = header.encrypted() ? Informational.open(crypto, sa(), header, heard()) : MessageCodec.decode(heard());
        List<Payload> payloads = header.encrypted() ? tail(opened) : payloads(opened);
        if (payloads.size() != 1) {
            throw new AssertionError(payloads.toString());
        }
        return payloads.get(0);
    }

    /** All of the victim's state that others can see. */
    String snapshot() {
        var status = victim.session().status();
        return status.ikeSas() + " " + status.children() + " " + victim.bound + " " + victim.inbound.keySet() + " " + victim.outbound.size() + " "
                + victim.timers() + " timers";
    }
}
