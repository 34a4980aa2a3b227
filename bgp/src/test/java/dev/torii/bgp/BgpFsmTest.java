package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.HEAD1;
import static dev.torii.bgp.Fixtures.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.Capability;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.OpenMessage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BgpFsmTest {
    private static final Negotiated AGREED = new Negotiated(31898, id("9.9.9.9"), Duration.ofSeconds(90), Duration.ofSeconds(30), true, true, Set.of(AddressFamily.IPV4_UNICAST), false, Optional.empty());
    private static final List<Session> STATES = List.of(new Session.Idle(), new Session.Connect(), new Session.Active(), new Session.Delaying("Active"),
            new Session.OpenSent(), new Session.OpenConfirm(AGREED), new Session.Established(AGREED));

    private final PeerConfig peer = PeerConfig.builder(HEAD1, 31898).build();

    private static OpenMessage open(int version, long as, int hold, int identifier) {
        return new OpenMessage(version, (int) as, hold, identifier, List.of(new Capability.FourOctetAs(as)));
    }

    private static OpenMessage good() { return open(4, 31898, 90, 0x09090909); }

    private static BgpFsm machine(PeerConfig peer, Side side) { return new BgpFsm(peer, new OpenCheck(65000, id("1.1.1.1"), peer), side); }

    private Map<String, Event> events() {
        var events = new LinkedHashMap<String, Event>();
        events.put("Start", new Event.Start());
        events.put("StartLater", new Event.StartLater());
        events.put("Stop", new Event.Stop(NotificationMessage.of(6, 2), "x"));
        events.put("Unreachable", new Event.Unreachable());
        events.put("CollisionDump", new Event.CollisionDump());
        for (TimerName timer : TimerName.values()) events.put(timer.name(), new Event.Expired(timer));
        events.put("SendingWaits", new Event.SendingWaits(true));
        events.put("TcpConnected", new Event.TcpConnected());
        events.put("TcpFailed", new Event.TcpFailed(new Reason.ConnectionClosed()));
        events.put("Open", new Event.OpenReceived(good()));
        events.put("BadOpen", new Event.OpenReceived(open(4, 1, 90, 1)));
        events.put("MessageError", new Event.MessageError(NotificationMessage.of(1, 1), "marker"));
        events.put("Notification", new Event.NotificationReceived(NotificationMessage.of(3, 1)));
        events.put("Keepalive", new Event.KeepaliveReceived());
        events.put("Update", new Event.UpdateReceived());
        return events;
    }

    /** The whole table of RFC 4271 section 8.2.2: next state, and the NOTIFICATION sent if any. */
    @Test void everyEventInEveryStateLeadsWhereTheRfcSays() {
        var table = """
                              Idle     Connect     Active      Delaying         OpenSent         OpenConfirm      Established
                Start         Connect  Connect     Active      Active           OpenSent         OpenConfirm      Established
                StartLater    Idle     Connect     Active      Active           OpenSent         OpenConfirm      Established
                Stop          Idle     Idle        Idle        Idle+6/2         Idle+6/2         Idle+6/2         Idle+6/2
                Unreachable   Idle     Idle        Idle        Idle             Idle             Idle             Idle
                CollisionDump Idle     Idle        Idle        Idle+6/7         Idle+6/7         Idle+6/7         Idle+6/7
                CONNECT_RETRY Idle     Connect     Connect     Idle+5/0         Idle+5/1         Idle+5/2         Idle+5/3
                HOLD          Idle     Idle        Idle        Idle+4/0         Idle+4/0         Idle+4/0         Idle+4/0
                SEND_HOLD     Idle     Idle        Idle        Idle+8/0         Idle+8/0         Idle+8/0         Idle+8/0
                KEEPALIVE     Idle     Connect     Active      Active           OpenSent         OpenConfirm      Established
                DELAY_OPEN    Idle     Connect     Active      OpenSent         OpenSent         OpenConfirm      Established
                IDLE_HOLD     Connect  Connect     Active      Active           OpenSent         OpenConfirm      Established
                ADVERTISEMENT_INTERVAL Idle Connect Active     Active           OpenSent         OpenConfirm      Established
                MAXIMUM_PREFIX_RESTART Idle Connect Active     Active           OpenSent         OpenConfirm      Established
                GRACEFUL_RESTART Idle  Connect     Active      Active           OpenSent         OpenConfirm      Established
                STALE_ROUTES  Idle     Connect     Active      Active           OpenSent         OpenConfirm      Established
                SendingWaits  Idle     Connect     Active      Active           OpenSent         OpenConfirm      Established
                TcpConnected  Idle     OpenSent    OpenSent    Active           OpenSent         OpenConfirm      Established
                TcpFailed     Idle     Active      Active      Active           Active           Idle             Idle
                Open          Idle     Idle        Idle        OpenConfirm      OpenConfirm      Idle+5/2         Idle+5/3
                BadOpen       Idle     Idle        Idle        Idle+2/2         Idle+2/2         Idle+5/2         Idle+5/3
                MessageError  Idle     Idle        Idle        Idle+1/1         Idle+1/1         Idle+1/1         Idle+1/1
                Notification  Idle     Idle        Idle        Idle             Idle             Idle             Idle
                Keepalive     Idle     Idle        Idle        Idle+5/0         Idle+5/1         Established      Established
                Update        Idle     Idle        Idle        Idle+5/0         Idle+5/1         Idle+5/2         Established
                """.strip().lines().skip(1).toList();
        var fsm = machine(peer, Side.OUTGOING);
        var events = events();
        assertEquals(events.size(), table.size());
        for (String line : table) {
            var cells = line.strip().split(" +");
            for (int i = 0; i < STATES.size(); i++) {
                var step = fsm.step(STATES.get(i), java.util.Objects.requireNonNull(events.get(cells[0])), 0);
                assertEquals(cells[i + 1], step.next().word() + notification(step), cells[0] + " in " + STATES.get(i));
            }
        }
    }

    private static String notification(Step step) {
        for (Effect effect : step.effects())
            if (effect instanceof Effect.SendNotification sent) return "+" + sent.notification().code() + "/" + sent.notification().subcode();
        return "";
    }

    @Test void everyWayDownSaysWhyBeforeItClosesAndStopsAllTimers() {
        var fsm = machine(peer, Side.OUTGOING);
        for (Session state : STATES)
            for (Event event : events().values()) {
                var step = fsm.step(state, event, 0);
                if (!(step.next() instanceof Session.Idle) || state instanceof Session.Idle) continue;
                var names = step.effects().stream().map(effect -> effect.getClass().getSimpleName()).toList();
                assertTrue(names.indexOf("DisarmAll") >= 0 && names.indexOf("DisarmAll") < names.indexOf("CloseTcp"), names::toString);
                assertTrue(names.indexOf("SendNotification") < names.indexOf("CloseTcp"), names::toString);
                assertEquals(state instanceof Session.Established, names.contains("SessionDown"), names::toString);
                boolean ended = event instanceof Event.Stop || event instanceof Event.Unreachable || event instanceof Event.CollisionDump;
                assertEquals(!ended, step.effects().contains(new Effect.Arm(TimerName.IDLE_HOLD, Duration.ofSeconds(1)))
                        || step.effects().contains(new Effect.Arm(TimerName.IDLE_HOLD, Duration.ofSeconds(2))), names::toString);
            }
    }

    @Test void theMachineOfAnAcceptedConnectionEndsInIdleForGood() {
        var fsm = machine(peer, Side.INCOMING);
        for (Session state : STATES)
            for (Event event : events().values()) {
                if (state instanceof Session.Connect) continue;                 // it never dials, so it is never here
                var step = fsm.step(state, event, 0);
                assertFalse(step.effects().contains(new Effect.Dial()));
                assertFalse(step.effects().stream().anyMatch(e -> e instanceof Effect.Arm arm && arm.timer() == TimerName.IDLE_HOLD), event::toString);
            }
        assertInstanceOf(Session.Idle.class, fsm.step(new Session.OpenSent(), new Event.TcpFailed(new Reason.ConnectionClosed()), 0).next());
    }

    @Test void thePauseDoublesWithEachErrorUpToTwoMinutes() {
        assertEquals(Duration.ofSeconds(1), BgpFsm.idleHold(0));
        assertEquals(Duration.ofSeconds(8), BgpFsm.idleHold(3));
        assertEquals(Duration.ofSeconds(120), BgpFsm.idleHold(7));
        assertEquals(Duration.ofSeconds(120), BgpFsm.idleHold(1000));
    }

    @Test void holdAndKeepaliveTimesAreTheSmallerOnes() {
        var check = new OpenCheck(65000, id("1.1.1.1"), PeerConfig.builder(HEAD1, 31898).timers(Duration.ofSeconds(10), Duration.ofSeconds(180)).build());
        assertEquals(List.of(90L, 10L), times(check.check(good())));
        assertEquals(List.of(9L, 3L), times(check.check(withHold(9))));
        assertEquals(List.of(180L, 10L), times(check.check(withHold(65535))));
        assertEquals(List.of(0L, 0L), times(check.check(withHold(0))));
        var none = machine(peer, Side.OUTGOING).step(new Session.OpenSent(), new Event.OpenReceived(withHold(0)), 0);
        assertTrue(none.effects().contains(new Effect.Disarm(TimerName.HOLD)), "no hold time: no timer");
        assertFalse(none.effects().stream().anyMatch(e -> e instanceof Effect.Arm), none::toString);
    }

    private static OpenMessage withHold(int seconds) { return new OpenMessage(4, 31898, seconds, 9, List.of(new Capability.FourOctetAs(31898))); }

    private static List<Long> times(OpenCheck.Result result) {
        var n = ((OpenCheck.Result.Accepted) result).negotiated();
        return List.of(n.holdTime().toSeconds(), n.keepalive().toSeconds());
    }

    @Test void anUnacceptableOpenGetsTheRfcsAnswer() {
        var check = new OpenCheck(65000, id("1.1.1.1"), peer);
        assertEquals("2/2", answer(check, open(4, 31899, 90, 9)));
        assertEquals("2/2", answer(check, new OpenMessage(4, 31899, 90, 9, List.of(new Capability.FourOctetAs(31898)))));
        assertEquals("2/3", answer(check, open(4, 31898, 90, 0)));
        assertEquals("2/6", answer(check, withHold(1)));
        assertEquals("2/6", answer(check, withHold(2)));
        var ipv6Only = new OpenMessage(4, 31898, 90, 9, List.of(new Capability.Multiprotocol(AddressFamily.IPV6_UNICAST)));
        assertEquals("2/7", answer(check, ipv6Only));
        assertEquals("010400010001", ((OpenCheck.Result.Refused) check.check(ipv6Only)).answer().data().toString());
        var internal = PeerConfig.builder(HEAD1, 65000).build();
        assertEquals("2/3", answer(new OpenCheck(65000, id("1.1.1.1"), internal), open(4, 65000, 90, 0x01010101)), "our own identifier");
        assertInstanceOf(OpenCheck.Result.Accepted.class, check.check(open(4, 31898, 90, 0x01010101)), "RFC 6286: fine outside");
    }

    private static String answer(OpenCheck check, OpenMessage open) {
        var refused = assertInstanceOf(OpenCheck.Result.Refused.class, check.check(open)).answer();
        return refused.code() + "/" + refused.subcode();
    }

    @Test void aLongAsNumberIsSaidInTheCapabilityAndAsTransInTheHeader() {
        var ours = new OpenCheck(4200000001L, id("1.1.1.1"), peer).ours();
        assertEquals(23456, ours.myAs());
        assertEquals(4200000001L, ours.as());
        assertInstanceOf(OpenCheck.Result.Accepted.class,
                new OpenCheck(1, id("2.2.2.2"), PeerConfig.builder(HEAD1, 4200000001L).build()).check(ours));
    }

    @Test void withDelayOpenOursWaitsForTheirs() {
        var fsm = machine(PeerConfig.builder(HEAD1, 31898).delayOpen(Duration.ofSeconds(5)).build(), Side.OUTGOING);
        var delaying = fsm.step(new Session.Connect(), new Event.TcpConnected(), 0);
        assertEquals(new Session.Delaying("Connect"), delaying.next());
        assertTrue(delaying.effects().contains(new Effect.Arm(TimerName.DELAY_OPEN, Duration.ofSeconds(5))));
        var confirm = fsm.step(delaying.next(), new Event.OpenReceived(good()), 0);
        assertInstanceOf(Session.OpenConfirm.class, confirm.next());
        assertTrue(confirm.effects().indexOf(new Effect.SendOpen()) < confirm.effects().indexOf(new Effect.SendKeepalive()));
    }

    @Test void aCollisionKeepsWhatTheHigherIdentifierDialled() {
        assertEquals(Side.OUTGOING, Collision.kept(0xC0000001, 1, 0x01000001, 2), "unsigned");
        assertEquals(Side.INCOMING, Collision.kept(0x01000001, 1, 0xC0000001, 2));
        assertEquals(Side.INCOMING, Collision.kept(7, 1, 7, 2), "RFC 6286: the higher AS");
    }
}
