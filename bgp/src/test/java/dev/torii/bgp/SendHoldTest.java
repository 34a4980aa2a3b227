package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.CPE1;
import static dev.torii.bgp.Fixtures.HEAD1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.Capability;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.OpenMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** RFC 9687: a peer that speaks but does not listen. */
class SendHoldTest {
    private static final Timer SEND_HOLD = new Timer(HEAD1, Side.INCOMING, TimerName.SEND_HOLD);

    private Played played = played(180);

    private static Played played(int holdSeconds) {
        return new Played(BgpConfig.builder(65000).routerId(Fixtures.id("192.168.254.1")).ebgpRequiresPolicy(false)
                .peer(PeerConfig.builder(HEAD1, 31898).timers(Duration.ofSeconds(holdSeconds / 3), Duration.ofSeconds(holdSeconds)).build()).build());
    }

    private Played.Peer up(int holdSeconds) {
        played = played(holdSeconds);
        var peer = played.connect(HEAD1, CPE1, 31898);
        peer.say(new OpenMessage(4, 31898, holdSeconds, 9, List.of(new Capability.FourOctetAs(31898))));
        peer.say(new BgpMessage.Keepalive());
        assertTrue(peer.established());
        return peer;
    }

    @Test void itHasEightMinutesOrTwiceTheHoldTime() {
        Map.of(0, 480L, 3, 480L, 180, 480L, 240, 480L, 600, 1200L).forEach((hold, seconds) -> {
            var peer = up(hold);
            assertFalse(played.timers.containsKey(SEND_HOLD), "nothing waits");
            played.speaker.sendingWaits(peer.connection, true);
            assertEquals(Duration.ofSeconds(seconds), played.timers.get(SEND_HOLD), () -> "hold time " + hold);
        });
    }

    @Test void aPeerThatTakesAllOfItHasNothingToFear() {
        var peer = up(180);
        played.speaker.sendingWaits(peer.connection, true);
        played.speaker.sendingWaits(peer.connection, false);
        assertFalse(played.timers.containsKey(SEND_HOLD));
    }

    @Test void aPeerThatTakesSomeOfItHasTheWholeTimeAgain() {
        var peer = up(180);
        played.speaker.sendingWaits(peer.connection, true);
        played.timers.put(SEND_HOLD, Duration.ofSeconds(1));
        played.speaker.sendingWaits(peer.connection, true);
        assertEquals(Duration.ofMinutes(8), played.timers.get(SEND_HOLD));
    }

    @Test void aPeerThatTakesNothingLosesTheSessionThoughItSpeaks() {
        var peer = up(180);
        played.speaker.sendingWaits(peer.connection, true);
        peer.say(new BgpMessage.Keepalive());
        assertTrue(played.timers.containsKey(SEND_HOLD), "what it says is not what it hears");
        played.fire(SEND_HOLD);
        assertFalse(peer.established());
        assertTrue(peer.closed);
        assertEquals(NotificationMessage.of(Iana.SEND_HOLD_TIMER_EXPIRED, 0), peer.notification());
        assertTrue(played.events.getLast().text().contains("Send Hold Timer Expired"), played.events::toString);
        assertEquals(new Timer(HEAD1, Side.OUTGOING, TimerName.IDLE_HOLD), played.timers.keySet().stream().filter(timer -> timer.name() == TimerName.IDLE_HOLD).findFirst().orElseThrow(),
                "and is dialled again");
    }

    @Test void whatIsSaidOfAConnectionThatIsGoneIsIgnored() {
        var peer = up(180);
        played.speaker.closed(peer.connection);
        played.speaker.sendingWaits(peer.connection, true);
        assertFalse(played.timers.containsKey(SEND_HOLD));
    }
}
