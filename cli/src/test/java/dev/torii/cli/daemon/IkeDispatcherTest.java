package dev.torii.cli.daemon;

import static dev.torii.cli.rib.Hosts.address;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.daemon.Counters.Cause;
import dev.torii.esp.SaDatabase;
import dev.torii.ike.Cookie;
import dev.torii.ike.Event;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.NotifyType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IkeDispatcherTest {
    private static final InetAddress LOCAL = address("10.0.0.10");
    private static final InetAddress PEER = address("203.0.113.11");
    private static final InetAddress STRANGER = address("198.51.100.66");
    private static final int VERSION_1 = 0x10;
    private static final int VERSION_2 = 0x20;
    private static final int NOTIFY_TYPE_AT = 28 + 4 + 4 + 1 + 1;

    private final List<Throwable> bugs = new ArrayList<>();
    private final ControlLoop loop = new ControlLoop(bugs::add);
    private final Counters counters = new Counters();
    private final List<Octets> answers = new ArrayList<>();
    private final AtomicInteger handled = new AtomicInteger();
    private final Stderr err = new Stderr();
    private long now = 1;
    private final IkeDispatcher dispatcher = new IkeDispatcher(loop, counters, new EventLog(() -> now), () -> now, (path, message) -> answers.add(message));

    @AfterEach void close() {
        loop.close();
        err.close();
    }

    private IkeDriver driver(FakeMachine machine) {
        return driver(machine, IkeVersion.V1);
    }

    private IkeDriver driver(FakeMachine machine, IkeVersion version) {
        var installer = new SaInstaller(new SaDatabase(), 0, 64, path -> (datagrams, count, trafficClass) -> {});
        return new IkeDriver(loop, Conns.named("test", version), () -> machine, installer, new FakeSurroundings());
    }

    private static Octets message(long initiator, long responder, int version, int exchange) {
        return Octets.of(ByteBuffer.allocate(28).putLong(initiator).putLong(responder).put((byte) 1).put((byte) version).put((byte) exchange).put((byte) 0)
                .putInt(0).putInt(28).array());
    }

    private static Octets mainMode(long initiator) {
        return message(initiator, 0, VERSION_1, ExchangeType.MAIN_MODE);
    }

    private void receive(InetAddress from, Octets message) throws Exception {
        dispatcher.received(new InetSocketAddress(LOCAL, 500), new InetSocketAddress(from, 500), message, handled::incrementAndGet);
        loop.call(() -> "it has been handled", Duration.ofSeconds(5));
    }

    private static Octets ikeSaInit(long initiator) {
        byte[] message = message(initiator, 0, VERSION_2, ExchangeType.IKE_SA_INIT).toByteArray();
        message[19] = IkeHeader.INITIATOR;
        return Octets.of(message);
    }

    /** IKEv1's notification names its domain of interpretation first. */
    private static int notifyType(Octets answer) {
        return answer.asBuffer().getShort(answer.at(17) == VERSION_1 ? NOTIFY_TYPE_AT : NOTIFY_TYPE_AT - 4);
    }

    @Test void theFirstMessageGoesToTheConnectionOfItsAddressPair() throws Exception {
        var machine = FakeMachine.silent();
        dispatcher.add(driver(machine), LOCAL, Optional.of(PEER));
        receive(PEER, mainMode(1));
        assertEquals(List.of(new Event.Received(new Path(new InetSocketAddress(LOCAL, 500), new InetSocketAddress(PEER, 500)), mainMode(1))), machine.events);
        assertEquals(List.of(), answers);
        assertEquals(1, handled.get());
    }

    @Test void whileTheDaemonStopsNobodyBeginsAndWhatExistsIsHeard() throws Exception {
        var machine = FakeMachine.silent();
        var driver = driver(machine);
        dispatcher.add(driver, LOCAL, Optional.of(PEER));
        dispatcher.bind(new Cookie(7), driver);
        dispatcher.admitNobody();
        receive(PEER, mainMode(1));
        assertEquals(List.of(), machine.events);
        assertEquals(List.of(), answers);
        receive(PEER, message(7, 8, VERSION_1, ExchangeType.INFORMATIONAL));
        assertEquals(1, machine.events.size());
    }

    @Test void ofTwoConnectionsWithTheSameAddressesTheFirstAnswers() throws Exception {
        var first = FakeMachine.silent();
        var second = FakeMachine.silent();
        dispatcher.add(driver(first), LOCAL, Optional.of(PEER));
        dispatcher.add(driver(second), LOCAL, Optional.of(PEER));
        receive(PEER, mainMode(1));
        assertEquals(1, first.events.size());
        assertEquals(0, second.events.size());
    }

    @Test void bothVersionsMayBeSpokenWithOnePeerByTwoConnections() throws Exception {
        var one = FakeMachine.silent();
        var two = FakeMachine.silent();
        dispatcher.add(driver(one), LOCAL, Optional.of(PEER));
        dispatcher.add(driver(two, IkeVersion.V2), LOCAL, Optional.empty());
        receive(PEER, ikeSaInit(7));
        receive(PEER, mainMode(8));
        assertEquals(1, one.events.size());
        assertEquals(1, two.events.size());
        assertEquals(0, counters.of(Cause.IKE_VERSION));
    }

    @Test void thoseThatNameThePeerAreMeantBeforeThoseForAnybody() {
        var any = driver(FakeMachine.silent());
        var exact = driver(FakeMachine.silent());
        var other = driver(FakeMachine.silent());
        dispatcher.add(any, LOCAL, Optional.empty());
        dispatcher.add(exact, LOCAL, Optional.of(PEER));
        dispatcher.add(other, LOCAL, Optional.of(STRANGER));
        var path = new Path(new InetSocketAddress(LOCAL, 4500), new InetSocketAddress(PEER, 1027));
        assertEquals(List.of(exact, any), dispatcher.candidates(path));
        dispatcher.remove(exact);
        assertEquals(List.of(any), dispatcher.candidates(path));
        dispatcher.remove(any);
        assertEquals(List.of(), dispatcher.candidates(path));
    }

    @Test void anExactPairComesBeforeAnyPeer() throws Exception {
        var exact = FakeMachine.silent();
        var any = FakeMachine.silent();
        dispatcher.add(driver(any), LOCAL, Optional.empty());
        dispatcher.add(driver(exact), LOCAL, Optional.of(PEER));
        receive(PEER, mainMode(1));
        receive(STRANGER, mainMode(2));
        assertEquals(1, exact.events.size());
        assertEquals(1, any.events.size());
    }

    @Test void anUnknownPeerIsToldAtMostTenTimesASecondThatNothingIsAcceptable() throws Exception {
        for (int i = 0; i < 100; i++) receive(STRANGER, mainMode(i + 1));
        assertEquals(10, answers.size());
        assertEquals(NotifyType.NO_PROPOSAL_CHOSEN, notifyType(answers.getFirst()));
        assertEquals(1, answers.getFirst().asBuffer().getLong(0), "its own cookie");
        assertEquals(100, counters.of(Cause.IKE_UNKNOWN_PEER));
        now += TimeUnit.SECONDS.toNanos(1) + 1;
        for (int i = 0; i < 100; i++) receive(STRANGER, mainMode(i + 1));
        assertEquals(20, answers.size());
        assertEquals(1, err.lines().size(), "the log is limited too");
        assertTrue(err.lines().getFirst().endsWith("packet from 198.51.100.66:500: initial Main Mode message received on 10.0.0.10"
                + " but no connection has this address as its right"), err.lines()::getFirst);
    }

    @Test void aPeerThatBeginsWithTheOtherVersionIsToldThatNothingIsAcceptable() throws Exception {
        var one = FakeMachine.silent();
        var two = FakeMachine.silent();
        dispatcher.add(driver(one), LOCAL, Optional.of(PEER));
        dispatcher.add(driver(two, IkeVersion.V2), LOCAL, Optional.of(STRANGER));
        receive(PEER, ikeSaInit(7));
        receive(STRANGER, mainMode(7));
        assertEquals(List.of(NotifyType.NO_PROPOSAL_CHOSEN, NotifyType.NO_PROPOSAL_CHOSEN), answers.stream().map(IkeDispatcherTest::notifyType).toList());
        assertEquals(List.of(2, 1), answers.stream().map(answer -> answer.at(17) >> 4).toList(), "each in its own version");
        assertEquals(IkeHeader.RESPONSE, answers.getFirst().at(19));
        assertEquals(2, counters.of(Cause.IKE_VERSION));
        assertEquals(List.of(), one.events);
        assertEquals(List.of(), two.events);
    }

    @Test void version2GoesToTheConnectionThatSpeaksItAndOnlyThere() throws Exception {
        var machine = FakeMachine.silent();
        var driver = driver(machine, IkeVersion.V2);
        dispatcher.add(driver, LOCAL, Optional.of(PEER));
        receive(PEER, ikeSaInit(7));
        assertEquals(1, machine.events.size());
        dispatcher.bind(new Cookie(9), driver);
        receive(STRANGER, message(7, 9, VERSION_2, ExchangeType.IKE_AUTH));
        assertEquals(2, machine.events.size(), "by our own SPI");
        receive(STRANGER, message(7, 9, VERSION_1, ExchangeType.QUICK_MODE));
        assertEquals(2, machine.events.size());
        assertEquals(List.of(), answers);
    }

    @Test void aHigherVersionIsToldThatItIsNotSpoken() throws Exception {
        receive(PEER, message(7, 0, 0x30, 34));
        assertEquals(NotifyType.INVALID_MAJOR_VERSION, notifyType(answers.getFirst()));
        assertEquals(2, answers.getFirst().at(17) >> 4, "the highest version that is");
        assertEquals(1, counters.of(Cause.IKE_VERSION));
    }

    @Test void anAnswerOfOurOwnIsNeverAnswered() throws Exception {
        receive(STRANGER, mainMode(1));
        receive(STRANGER, ikeSaInit(7));
        for (Octets ours : List.copyOf(answers)) receive(STRANGER, ours);
        assertEquals(2, answers.size(), "two daemons would answer each other for ever");
    }

    @Test void exchangesThatAreNotSpokenAreRefusedInWords() throws Exception {
        dispatcher.add(driver(FakeMachine.silent()), LOCAL, Optional.of(PEER));
        for (int exchange : new int[] {ExchangeType.AGGRESSIVE, ExchangeType.BASE, ExchangeType.AUTHENTICATION_ONLY, 77}) {
            receive(PEER, message(7, 0, VERSION_1, exchange));
        }
        assertEquals(List.of(NotifyType.UNSUPPORTED_EXCHANGE_TYPE, NotifyType.UNSUPPORTED_EXCHANGE_TYPE, NotifyType.UNSUPPORTED_EXCHANGE_TYPE,
                NotifyType.INVALID_EXCHANGE_TYPE), answers.stream().map(IkeDispatcherTest::notifyType).toList(), "RFC 2408, section 5.2");
        assertEquals(4, counters.of(Cause.IKE_EXCHANGE_REFUSED));
        assertTrue(err.lines().getFirst().endsWith("Aggressive Mode is refused: it shows a hash of the pre-shared key to anyone who asks"),
                err.lines()::getFirst);
    }

    @Test void aFloodFromManyAddressesIsAnsweredToFewAndAnotherSecondToOthers() throws Exception {
        for (int i = 0; i < 2000; i++) receive(address("198.18." + i / 250 + "." + i % 250), mainMode(i + 1));
        assertEquals(AnswerLimit.SOURCES, answers.size());
        for (int i = 0; i < 20; i++) receive(address("198.18.0.1"), mainMode(i + 1));
        assertEquals(AnswerLimit.SOURCES + AnswerLimit.A_SECOND - 1, answers.size(), "each address has its own limit");
        now += TimeUnit.SECONDS.toNanos(1) + 1;
        receive(STRANGER, mainMode(1));
        assertEquals(AnswerLimit.SOURCES + AnswerLimit.A_SECOND, answers.size());
    }

    @Test void laterMessagesGoByOurCookieWhereverTheyComeFrom() throws Exception {
        var one = FakeMachine.silent();
        var two = FakeMachine.silent();
        var driver = driver(one);
        dispatcher.add(driver, LOCAL, Optional.of(PEER));
        dispatcher.add(driver(two), LOCAL, Optional.empty());
        dispatcher.bind(new Cookie(11), driver);
        receive(STRANGER, message(11, 5, VERSION_1, ExchangeType.MAIN_MODE));
        receive(STRANGER, message(5, 11, VERSION_1, ExchangeType.INFORMATIONAL));
        assertEquals(2, one.events.size());
        assertEquals(0, two.events.size());
        dispatcher.unbind(new Cookie(11));
        receive(PEER, message(5, 11, VERSION_1, ExchangeType.INFORMATIONAL));
        assertEquals(2, one.events.size());
        assertEquals(1, counters.of(Cause.IKE_UNKNOWN_COOKIE));
        assertEquals(List.of(), answers);
    }

    @Test void aConnectionThatIsGoneHearsNothing() throws Exception {
        var machine = FakeMachine.silent();
        var driver = driver(machine);
        dispatcher.add(driver, LOCAL, Optional.of(PEER));
        dispatcher.bind(new Cookie(11), driver);
        dispatcher.remove(driver);
        receive(PEER, mainMode(1));
        receive(PEER, message(11, 5, VERSION_1, ExchangeType.MAIN_MODE));
        assertEquals(List.of(), machine.events);
    }

    @Test void garbageIsCountedNotAnsweredAndMakesRoom() throws Exception {
        receive(STRANGER, Octets.EMPTY);
        receive(STRANGER, Octets.of(new byte[27]));
        receive(STRANGER, Octets.ofHex("ff".repeat(100)));
        assertEquals(3, counters.of(Cause.IKE_MALFORMED) + counters.of(Cause.IKE_VERSION));
        assertTrue(counters.of(Cause.IKE_MALFORMED) >= 2);
        assertEquals(3, handled.get());
    }

    @Test void aBugInAConnectionStillMakesRoom() throws Exception {
        dispatcher.add(driver(new FakeMachine(event -> {
            throw new IllegalStateException("on purpose");
        })), LOCAL, Optional.of(PEER));
        receive(PEER, mainMode(1));
        assertEquals(1, handled.get());
        assertEquals(List.of(), bugs, "the driver deals with it");
    }
}
