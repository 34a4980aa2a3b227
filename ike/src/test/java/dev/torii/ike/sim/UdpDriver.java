package dev.torii.ike.sim;

import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeSession;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Identity;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.Timer;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A session on real sockets, for trying it against foreign daemons by hand; no ESP. Arguments: local address, remote address, and
 * words: {@code respond}, {@code id=ADDRESS}, {@code psk=TEXT}, {@code child=SECONDS}, {@code ike=SECONDS}, {@code for=SECONDS},
 * {@code stop} (ends with Stop), {@code noforce}, {@code nopfs}, {@code v2}.
 */
public final class UdpDriver {
    private final Map<Timer, Long> timers = new HashMap<>();
    private final DatagramChannel ike;
    private final DatagramChannel natT;
    private final Selector selector = Selector.open();
    private final IkeSession session;
    private final long began = System.nanoTime();

    private UdpDriver(InetAddress local, IkeConfig config) throws IOException {
        ike = open(local, Path.IKE_PORT);
        natT = open(local, Path.NAT_T_PORT);
        session = new IkeSession(config, new BouncyCastleCrypto(new SecureRandom()));
    }

    private DatagramChannel open(InetAddress local, int port) throws IOException {
        DatagramChannel channel = DatagramChannel.open().bind(new InetSocketAddress(local, port));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        return channel;
    }

    public static void main(String[] args) throws IOException {
        InetAddress local = InetAddress.getByName(args[0]);
        InetAddress remote = InetAddress.getByName(args[1]);
        List<String> words = List.of(args).subList(2, args.length);
        TrafficSelector all = TrafficSelector.ofPrefix(InetAddress.getByName("0.0.0.0"), 0);
        IkeConfig config = Configs.left().localSelectors(all).remoteSelectors(all)
                .secret(word(words, "psk", "Shared_secret_tunnel1"))
                .local(Identity.ofAddress(InetAddress.getByName(word(words, "id", args[0]))))
                .remote(Identity.ofAddress(remote))
                .force(!words.contains("noforce"))
                .initiate(!words.contains("respond"))
                .version(words.contains("v2") ? IkeVersion.V2 : IkeVersion.V1)
                .esp(words.contains("nopfs") ? Configs.ESP_WITHOUT_PFS : Configs.ESP)
                .ikeLifetime(Duration.ofSeconds(Long.parseLong(word(words, "ike", "28800"))))
                .childLifetime(Duration.ofSeconds(Long.parseLong(word(words, "child", "3600")))).build();
        var driver = new UdpDriver(local, config);
        if (!words.contains("respond")) {
            driver.step(new Event.Start(local, remote));
        }
        driver.run(Duration.ofSeconds(Long.parseLong(word(words, "for", "20"))));
        if (words.contains("stop")) {
            driver.step(new Event.Stop());
            driver.run(Duration.ofSeconds(1));
        }
        driver.print(driver.session.status().toString());
    }

    private static String word(List<String> words, String key, String otherwise) {
        return words.stream().filter(w -> w.startsWith(key + "=")).map(w -> w.substring(key.length() + 1)).findFirst().orElse(otherwise);
    }

    private void run(Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            selector.select(20);
            selector.selectedKeys().clear();
            receive(ike, false);
            receive(natT, true);
            long now = System.nanoTime();
            for (Timer due : timers.entrySet().stream().filter(t -> t.getValue() <= now).map(Map.Entry::getKey).toList()) {
                if (timers.remove(due) != null) {
                    step(new Event.Expired(due));
                }
            }
        }
    }

    private void receive(DatagramChannel channel, boolean marked) throws IOException {
        var buffer = ByteBuffer.allocate(65536);
        while (channel.receive(buffer.clear()) instanceof InetSocketAddress from) {
            buffer.flip();
            if (marked && (buffer.remaining() < 4 || buffer.getInt() != 0)) {
                continue;               // ESP or a keepalive
            }
            step(new Event.Received(new Path((InetSocketAddress) channel.getLocalAddress(), from), Octets.rest(buffer)));
        }
    }

    private void step(Event event) throws IOException {
        for (Effect effect : session.step(event)) {
            switch (effect) {
                case Effect.Send(Path path, Octets message) -> {
                    boolean marked = path.local().getPort() == Path.NAT_T_PORT;
                    var datagram = ByteBuffer.allocate(message.length() + 4);
                    if (marked) {
                        datagram.putInt(0);
                    }
                    message.writeTo(datagram);
                    (marked ? natT : ike).send(datagram.flip(), path.remote());
                    print("sent " + message.length() + " bytes " + path);
                }
                case Effect.Arm(Timer timer, Duration after) -> timers.put(timer, System.nanoTime() + after.toNanos());
                case Effect.Disarm(Timer timer) -> timers.remove(timer);
                default -> print(effect.toString());        // the rest is only shown
            }
        }
    }

    private void print(String line) {
        System.out.printf("%8.3f %s%n", (System.nanoTime() - began) / 1e9, line);
    }
}
