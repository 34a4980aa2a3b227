package dev.torii.cli.daemon;

import dev.torii.esp.DatagramSink;
import dev.torii.ike.Encapsulation;
import dev.torii.tun.UdpSender;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The sockets for ESP outside UDP, one for each local address whose connections may need it, and who sends on them. Where the host does not let us have one,
 * ESP goes in UDP everywhere. On the control loop.
 */
final class EspSockets implements AutoCloseable {
    private final PacketThreads packets;
    private final EventLog log;
    private final Map<InetAddress, EspSocket> sockets = new HashMap<>();
    private final Map<SocketAndThread, UdpSender> senders = new HashMap<>();
    private final Map<InetAddress, String> refused = new LinkedHashMap<>();

    private record SocketAndThread(EspSocket socket, int thread) {}

    EspSockets(PacketThreads packets, EventLog log) {
        this.packets = packets;
        this.log = log;
    }

    /** What a connection from there can have of what it asks for; opens the socket. */
    Encapsulation possible(Encapsulation wanted, InetAddress local) {
        return wanted == Encapsulation.YES || open(local) ? wanted : Encapsulation.YES;
    }

    private boolean open(InetAddress local) {
        if (sockets.containsKey(local)) return true;
        try {
            sockets.put(local, EspSocket.open(packets.inboundLoop(), local, packets.espReceiver()));
            refused.remove(local);
            return true;
        } catch (IOException e) {
            if (refused.put(local, e.getMessage()) == null) log.warn("ESP", note(local, e.getMessage()));
            return false;
        }
    }

    private static String note(InetAddress local, String cause) {
        return "goes in UDP from " + local.getHostAddress() + ", without a NAT and with encapsulation=no too: cannot " + cause;
    }

    /** The way to a peer; empty without a socket. A tunnel's packets are sealed by one thread, so one sender serves all of that thread's tunnels. */
    Optional<DatagramSink> sink(int tunnel, InetAddress local, InetAddress remote) {
        var socket = sockets.get(local);
        if (socket == null) return Optional.empty();
        var sender = senders.computeIfAbsent(new SocketAndThread(socket, packets.outboundThread(tunnel)), unseen -> new UdpSender(socket.descriptor()));
        var to = new InetSocketAddress(remote, 0);                      // IPv6 takes no other port here
        return Optional.of((datagrams, count, trafficClass) -> sender.send(datagrams, count, to, trafficClass));
    }

    /** One line for each address that has no socket although a connection might use it. */
    List<String> notes() {
        return refused.entrySet().stream().map(entry -> "ESP " + note(entry.getKey(), entry.getValue())).toList();
    }

    /** No connection has this address any more. */
    void close(InetAddress local) {
        refused.remove(local);
        var unused = sockets.remove(local);
        if (unused == null) return;
        senders.keySet().removeIf(key -> key.socket() == unused);
        unused.close();
    }

    @Override public void close() {
        List.copyOf(sockets.keySet()).forEach(this::close);
    }
}
