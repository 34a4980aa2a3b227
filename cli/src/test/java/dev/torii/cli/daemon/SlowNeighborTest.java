package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torii.bgp.BgpConfig;
import dev.torii.bgp.ConnectionId;
import dev.torii.bgp.LocalAddresses;
import dev.torii.bgp.PeerConfig;
import dev.torii.bgp.RouteSink;
import dev.torii.bgp.Speaker;
import dev.torii.bgp.Timer;
import dev.torii.bgp.TimerName;
import dev.torii.bgp.Transport;
import dev.torii.bgp.wire.Prefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A neighbour that speaks BGP but does not read (RFC 9687), over TCP on the loopback interface: what the driver tells the machine. */
class SlowNeighborTest implements RouteSink {
    private static final InetAddress OURS = address("127.0.179.1"), THEIRS = address("127.0.179.2");
    private static final String MARKER = "ff".repeat(16);
    private static final String OPEN = MARKER + "001d01" + "04" + "fdea" + "00b4" + "01020304" + "00", KEEPALIVE = MARKER + "001304";
    private static final int PATIENCE_SECONDS = 10;

    private final BlockingQueue<String> sendHold = new LinkedBlockingQueue<>();
    private final BlockingQueue<ConnectionId> connections = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final ControlLoop loop = new ControlLoop(bug -> events.add(bug.toString()));

    @AfterEach void close() { loop.close(); }

    private static InetAddress address(String text) { return Prefix.parse(text + "/32").address(); }

    @Override public void best(LearntRoute route) { events.add("best " + route.prefix()); }

    @Override public void withdrawn(Prefix prefix) { events.add("withdrawn " + prefix); }

    /** The driver, and what the machine makes of what it says. */
    private final class Watched implements Transport {
        private final BgpDriver driver;

        Watched(BgpDriver driver) { this.driver = driver; }

        @Override public void connect(InetAddress peer, ConnectionId connection) {
            connections.add(connection);
            driver.connect(peer, connection);
        }

        @Override public boolean send(ConnectionId connection, ByteBuffer messages) { return driver.send(connection, messages); }

        @Override public void close(ConnectionId connection) { driver.close(connection); }

        @Override public void arm(Timer timer, Duration after) {
            if (timer.name() == TimerName.SEND_HOLD) sendHold.add("armed for " + after.toMinutes() + " min");
            driver.arm(timer, after);
        }

        @Override public void disarm(Timer timer) {
            if (timer.name() == TimerName.SEND_HOLD) sendHold.add("disarmed");
            driver.disarm(timer);
        }
    }

    @Test void theSendHoldTimerRunsWhileANeighborDoesNotReadAndEndsWhenItHasReadAll() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root: port 179");
        var peer = PeerConfig.builder(THEIRS, 65002).build();
        try (var listener = new ServerSocket(179, 1, THEIRS)) {
            var driver = new BgpDriver(loop, List.of(peer), 65000, any -> Optional.of(OURS), (to, own) -> LocalAddresses.of(own), new EventLog(System::nanoTime), new Counters());
            var speaker = new Speaker(BgpConfig.builder(65000).routerId((Inet4Address) OURS).peer(peer).build(), new Watched(driver), this,
                    event -> events.add(event.text()), () -> 1.0, System::nanoTime);
            driver.drives(speaker);
            loop.run(speaker::start);
            try (Socket theirs = listener.accept()) {
                theirs.getOutputStream().write(HexFormat.of().parseHex(OPEN + KEEPALIVE));
                String event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertTrue(event != null && event.startsWith("session established"), () -> "first " + event);
                var connection = connections.take();
                var much = ByteBuffer.allocate(16 << 20);
                loop.run(() -> driver.send(connection, much));
                assertEquals("armed for 8 min", sendHold.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
                for (long left = much.capacity(); left > 0; ) left -= theirs.getInputStream().skip(left);
                String end = sendHold.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertEquals("disarmed", end);
            }
        }
    }
}
