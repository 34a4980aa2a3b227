package dev.torii.bgp;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.Prefix;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A speaker on real TCP, for interop tests: a process of its own in a network namespace. Prints what happens a line
 * each; on a line of input prints its table and stops.
 */
public final class TcpSpeaker implements Transport, RouteSink, EventSink {
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    private final Map<Timer, ScheduledFuture<?>> timers = new HashMap<>();
    private final Map<ConnectionId, Socket> sockets = new HashMap<>();
    private final InetAddress local;
    private final Speaker speaker;

    private TcpSpeaker(BgpConfig config, InetAddress local) {
        this.local = local;
        this.speaker = new Speaker(config, this, this, this, () -> 1, System::nanoTime);
    }

    /** Arguments: own address, AS, peer's address, AS, then the networks. */
    public static void main(String[] args) throws Exception {
        var local = Fixtures.ip(args[0]);
        var config = Fixtures.open(Long.parseLong(args[1]), local, Fixtures.ip(args[2]), Long.parseLong(args[3]));
        for (int i = 4; i < args.length; i++) config.network(Prefix.parse(args[i]));
        var driver = new TcpSpeaker(config.build(), local);
        driver.listen();
        driver.loop.execute(() -> {
            for (int i = 4; i < args.length; i++) driver.speaker.localRoute(Prefix.parse(args[i]), 0);
            driver.speaker.start();
        });
        System.in.read();
        driver.loop.submit(() -> {
            driver.speaker.table(AddressFamily.IPV4_UNICAST).forEach(row -> say("row " + row.statusCodes() + row.prefix() + " " + row.nextHop().getHostAddress() + " [" + row.asPath() + "] " + row.origin()));
            driver.speaker.stop("");
        }).get();
    }

    private static void say(String line) { System.out.println(line); }

    private void listen() throws IOException {
        var server = new ServerSocket(179, 5, local);
        Thread.ofPlatform().daemon().start(() -> {
            while (true)
                try {
                    var socket = server.accept();
                    loop.execute(() -> accepted(socket));
                } catch (IOException e) {
                    say("accept: " + e);
                    return;
                }
        });
    }

    private void accepted(Socket socket) {
        var peer = socket.getInetAddress();
        if (!speaker.accepts(peer)) { shut(socket); return; }
        var id = speaker.newConnectionId();
        sockets.put(id, socket);
        speaker.connected(peer, id, false, LocalAddresses.of(socket.getLocalAddress()));
        read(id, socket);
    }

    private void read(ConnectionId id, Socket socket) {
        Thread.ofPlatform().daemon().start(() -> {
            var bytes = new byte[65536];
            try {
                for (int n = socket.getInputStream().read(bytes); n >= 0; n = socket.getInputStream().read(bytes)) {
                    var copy = ByteBuffer.wrap(java.util.Arrays.copyOf(bytes, n));
                    loop.execute(() -> speaker.received(id, copy));
                }
                loop.execute(() -> speaker.closed(id));
            } catch (IOException e) {
                loop.execute(() -> speaker.closed(id));
            }
        });
    }

    @Override public void connect(InetAddress peer, ConnectionId connection) {
        var socket = new Socket();
        sockets.put(connection, socket);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                socket.bind(new InetSocketAddress(local, 0));
                socket.connect(new InetSocketAddress(peer, 179), 5000);
                loop.execute(() -> speaker.connected(peer, connection, true, LocalAddresses.of(socket.getLocalAddress())));
                read(connection, socket);
            } catch (IOException e) {
                loop.execute(() -> speaker.connectFailed(connection, String.valueOf(e.getMessage())));
            }
        });
    }

    @Override public boolean send(ConnectionId connection, ByteBuffer messages) {
        try {
            var bytes = new byte[messages.remaining()];
            messages.get(bytes);
            sockets.get(connection).getOutputStream().write(bytes);
        } catch (IOException e) {
            say("send: " + e);
        }
        return true;
    }

    @Override public void close(ConnectionId connection) { shut(sockets.remove(connection)); }

    private static void shut(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            say("close: " + e);
        }
    }

    @Override public void arm(Timer timer, Duration after) {
        disarm(timer);
        timers.put(timer, loop.schedule(() -> speaker.expired(timer), after.toMillis(), TimeUnit.MILLISECONDS));
    }

    @Override public void disarm(Timer timer) {
        var running = timers.remove(timer);
        if (running != null) running.cancel(false);
    }

    @Override public void best(LearntRoute route) { say("best " + route.prefix() + " " + route.nextHops().getFirst().address().getHostAddress()); }

    @Override public void withdrawn(Prefix prefix) { say("withdrawn " + prefix); }

    @Override public void event(PeerEvent event) { say("event " + event.text()); }
}
