package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.daemon.Counters.Cause;
import dev.torii.cli.rib.Hosts;
import dev.torii.esp.SaDatabase;
import dev.torii.ike.ChildSa;
import dev.torii.ike.Cookie;
import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Secret;
import dev.torii.ike.Spi;
import dev.torii.ike.Timer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IkeDriverTest {
    private static final Path PATH = new Path(new InetSocketAddress("127.0.0.1", 4500), new InetSocketAddress("127.0.0.2", 4500));
    private static final Timer RETRANSMIT = new Timer(Timer.Kind.RETRANSMIT, 1);
    private static final Timer LIVENESS = new Timer(Timer.Kind.LIVENESS, 1);

    private final BlockingQueue<Throwable> bugs = new LinkedBlockingQueue<>();
    private final ControlLoop loop = new ControlLoop(bugs::add);
    private final SaDatabase sad = new SaDatabase();
    private final FakeSurroundings surroundings = new FakeSurroundings();
    private final List<FakeMachine> machines = new ArrayList<>();
    private final Stderr err = new Stderr();
    private final BlockingQueue<Event> heard = new LinkedBlockingQueue<>();

    @AfterEach void close() {
        loop.close();
        err.close();
        assertEquals(0, bugs.size());
    }

    private IkeDriver driver(Function<Event, List<Effect>> behaviour) {
        return new IkeDriver(loop, Conns.named("test"), () -> {
            var machine = new FakeMachine(event -> {
                heard.add(event);
                return behaviour.apply(event);
            });
            machines.add(machine);
            return machine;
        }, new SaInstaller(sad, 0, 64, path -> (datagrams, count, trafficClass) -> {}), surroundings);
    }

    private void onLoop(Runnable task) throws Exception {
        loop.call(() -> {
            task.run();
            return true;
        }, Duration.ofSeconds(5));
    }

    private static ChildSa child(int spi) {
        return new ChildSa(new Spi(spi), new Spi(spi + 1), Conns.ESP, Secret.copyOf(new byte[36]), Secret.copyOf(new byte[36]), List.of(Conns.ALL),
                List.of(Conns.ALL), PATH, true, true);
    }

    private void start(IkeDriver driver) throws Exception {
        onLoop(() -> driver.start(Hosts.address("127.0.0.1"), Hosts.address("127.0.0.2")));
    }

    @Test void effectsAreCarriedOutInTheirOrder() throws Exception {
        var driver = driver(event -> List.of(new Effect.Bound(new Cookie(1)), new Effect.Send(PATH, Octets.ofHex("aa")), new Effect.NatKeepalive(PATH),
                new Effect.Unbound(new Cookie(1)), new Effect.TunnelUp(), new Effect.TunnelDown(new Reason.PeerDead()),
                new Effect.Send(PATH, Octets.ofHex("bb"))));
        start(driver);
        assertEquals(List.of("bind 1", "send aa", "keepalive", "unbind 1", "up", "down: " + new Reason.PeerDead().text(), "send bb"), surroundings.asked);
    }

    @Test void aTimerExpiresOnceUnlessItIsDisarmedOrArmedAgain() throws Exception {
        var driver = driver(event -> event instanceof Event.Start
                ? List.of(new Effect.Arm(RETRANSMIT, Duration.ofHours(1)), new Effect.Arm(LIVENESS, Duration.ofHours(1)), new Effect.Disarm(LIVENESS),
                        new Effect.Arm(RETRANSMIT, Duration.ofMillis(1)))
                : List.of());
        start(driver);
        assertEquals(Event.Start.class, poll().getClass());
        assertEquals(new Event.Expired(RETRANSMIT), poll());
        assertEquals(0, heard.size());
    }

    private Event poll() throws InterruptedException {
        var event = heard.poll(5, TimeUnit.SECONDS);
        if (event == null) throw new AssertionError("no event came");
        return event;
    }

    @Test void sasGoIntoThePacketPathAndOutAgain() throws Exception {
        var one = child(0x100);
        var driver = driver(event -> event instanceof Event.Start
                ? List.of(new Effect.InstallInbound(one), new Effect.InstallOutbound(one))
                : List.of(new Effect.Remove(one)));
        start(driver);
        assertEquals(List.of(0x100), sad.inbound(0).stream().map(sa -> sa.spi()).toList());
        assertEquals(List.of(0x101), sad.outbound(0).stream().map(sa -> sa.spi()).toList());
        onLoop(driver::stop);
        assertEquals(0, sad.inbound(0).size() + sad.outbound(0).size());
    }

    @Test void whatTheMachineDropsIsCounted() throws Exception {
        start(driver(event -> List.of(new Effect.Dropped("because"))));
        assertEquals(1, surroundings.counters.of(Cause.IKE_DROPPED));
        assertTrue(err.lines().getFirst().endsWith("test: dropped: because"), err.lines()::toString);
    }

    @Test void sasThatRunOutAreRenewedAndTheMachineHearsOfThoseThatAreGone() throws Exception {
        var driver = driver(event -> List.of());
        onLoop(() -> driver.observeTraffic(List.of(new Spi(5)), List.of(new Spi(6))));
        assertEquals(List.of(new Event.RekeyChild(new Spi(5)), new Event.Orphaned(new Spi(6))), machines.getFirst().events);
    }

    @Test void itIsWantedFromStartToStop() throws Exception {
        var driver = driver(event -> List.of());
        assertEquals(false, driver.isWanted());
        start(driver);
        assertEquals(true, driver.isWanted());
        onLoop(driver::stop);
        assertEquals(false, driver.isWanted());
    }

    @Test void afterABugNothingOfTheOldMachineIsLeftAndANewOneTakesOver() throws Exception {
        var one = child(0x100);
        var driver = driver(event -> switch (event) {
            case Event.Start start -> List.of(new Effect.Bound(new Cookie(9)), new Effect.Arm(LIVENESS, Duration.ofMillis(200)), new Effect.InstallInbound(one),
                    new Effect.InstallOutbound(one), new Effect.TunnelUp());
            case Event.RekeyChild rekey -> throw new IllegalStateException("on purpose");
            default -> List.of();
        });
        start(driver);
        onLoop(() -> driver.received(PATH, Octets.EMPTY));
        onLoop(() -> driver.observeTraffic(List.of(new Spi(1)), List.of()));
        assertTrue(err.lines().stream().anyMatch(line -> line.contains("internal error")), err.lines()::toString);
        assertEquals(List.of("bind 9", "up", "unbind 9", "down: " + new Reason.Failed("internal error").text()), surroundings.asked);
        assertEquals(0, sad.inbound(0).size() + sad.outbound(0).size());
        assertEquals(2, machines.size());
        assertTrue(driver.isWanted(), "it begins anew after a while");
        onLoop(() -> driver.received(PATH, Octets.EMPTY));
        assertEquals(1, machines.get(1).events.size());
    }
}
