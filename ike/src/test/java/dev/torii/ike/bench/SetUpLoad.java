package dev.torii.ike.bench;

import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.TrafficSelector;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Many peers that set up a tunnel, say Delete and begin anew, for as long as it takes to tell how fast a responder is. Arguments: 1 or 2, a
 * group, the responder's address, the first of the peers' addresses, how many there are, how many set-ups are under way at once, seconds to
 * warm up, seconds to measure, the responder's process, and {@code all} for selectors of 0.0.0.0/0, else a subnet for each peer.
 */
public final class SetUpLoad {
    private static final Duration GIVE_UP = Duration.ofSeconds(3);

    private final Selector selector = Selector.open();
    private final Deque<Peer> resting = new ArrayDeque<>();
    private final PriorityQueue<Peer.Alarm> alarms = new PriorityQueue<>();
    private Optional<Figures> figures = Optional.empty();
    private int givenUp;

    private SetUpLoad() throws IOException {
    }

    public static void main(String[] args) throws IOException {
        var version = args[0].equals("1") ? IkeVersion.V1 : IkeVersion.V2;
        var group = DhGroup.valueOf(args[1]);
        var ike = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_384, group);
        var esp = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.of(group));
        var load = new SetUpLoad();
        boolean everything = args[9].equals("all");
        byte[] address = InetAddress.getByName(args[3]).getAddress();
        IkeCrypto crypto = CheapInitiator.crypto();
        var peers = new ArrayList<Peer>();
        for (int i = 0; i < Integer.parseInt(args[4]); i++) {
            byte[] subnet = {10, 100, (byte) i, 0};
            peers.add(new Peer(load, version, ike, esp, InetAddress.getByAddress(address), InetAddress.getByName(args[2]),
                    everything ? prefix(new byte[4], 0) : prefix(subnet, 24), everything ? prefix(new byte[4], 0)
                    : prefix(new byte[] {10, 0, 2, 0}, 24), crypto));
            address[3]++;
        }
        long pid = Long.parseLong(args[8]);
        load.resting.addAll(peers);
        for (int i = 0; i < Integer.parseInt(args[5]); i++) {
            load.next();
        }
        load.run(Duration.ofSeconds(Long.parseLong(args[6])));
        load.givenUp = 0;
        load.figures = Optional.of(new Figures(pid));
        load.run(Duration.ofSeconds(Long.parseLong(args[7])));
        System.out.println(load.figures.get().line("IKEv" + args[0] + " " + args[1], load.givenUp));
    }

    private static TrafficSelector prefix(byte[] address, int length) throws IOException {
        return TrafficSelector.ofPrefix(InetAddress.getByAddress(address), length);
    }

    Selector selector() {
        return selector;
    }

    void arm(Peer.Alarm alarm) {
        alarms.add(alarm);
    }

    /** A peer is done: another one begins. */
    void done(Peer peer, long nanos) throws IOException {
        figures.ifPresent(f -> f.setUp(nanos));
        resting.add(peer);
        next();
    }

    private void next() throws IOException {
        Peer peer = resting.remove();
        arm(new Peer.Alarm(System.nanoTime() + GIVE_UP.toNanos(), peer, peer.begin(), Optional.empty()));
    }

    private void run(Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
            selector.select(key -> {
                try {
                    ((Peer.Socket) key.attachment()).read();
                } catch (IOException broken) {
                    throw new java.io.UncheckedIOException(broken);
                }
            }, 2);
            while (!alarms.isEmpty() && alarms.peek().atNanos() <= now) {
                rings(alarms.remove());
            }
        }
    }

    private void rings(Peer.Alarm alarm) throws IOException {
        if (alarm.peer().expired(alarm)) {
            givenUp++;
            resting.add(alarm.peer());
            next();
        }
    }

    static List<Integer> ports() {
        return List.of(dev.torii.ike.Path.IKE_PORT, dev.torii.ike.Path.NAT_T_PORT);
    }
}
