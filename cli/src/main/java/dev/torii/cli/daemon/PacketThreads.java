package dev.torii.cli.daemon;

import dev.torii.esp.DropCounters;
import dev.torii.esp.Dataplane;
import dev.torii.esp.InboundLoop;
import dev.torii.esp.OutboundLoop;
import dev.torii.esp.PacketSink;
import dev.torii.esp.SaDatabase;
import dev.torii.esp.TunnelPath;
import dev.torii.tun.LinuxTun;
import dev.torii.tun.TunPoller;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The threads packets travel on: one event loop for all that comes from the sockets, and at most as many as the machine has cores for what leaves through the
 * TUNs, each the only owner of its tunnels' outbound SAs.
 */
final class PacketThreads implements AutoCloseable {
    private static final int BATCH = 128;
    private static final int LARGEST_PACKET = 9216;
    private static final Duration STOP = Duration.ofSeconds(2);

    private final MultiThreadIoEventLoopGroup inboundLoop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("torii-inbound", true),
            EpollIoHandler.newFactory());
    private final Dataplane dataplane;
    private final List<DropCounters> outboundDrops = new ArrayList<>();
    private final DropCounters inboundDrops = new DropCounters();
    private final InboundLoop inbound;
    private final List<Outbound> outbound = new ArrayList<>();
    private final List<TunPoller> pollers;
    private final int threads;

    /** One thread that polls its share of the TUNs. */
    private record Outbound(Thread thread, TunPoller poller, Polling polling) {}

    PacketThreads(SaDatabase sad, List<LinuxTun> tuns, List<TunnelPath> paths) throws IOException {
        this.dataplane = new Dataplane(sad, BATCH, LARGEST_PACKET, System::nanoTime);
        var sinks = tuns.stream().<PacketSink>map(tun -> tun::write).toList();
        this.inbound = dataplane.inbound(sinks::get, inboundDrops, paths::get);
        for (int i = 0; i < tuns.size(); i++) outboundDrops.add(new DropCounters());
        this.threads = Math.min(Runtime.getRuntime().availableProcessors(), tuns.size());
        for (int first = 0; first < threads; first++) {
            var mine = new ArrayList<LinuxTun>();
            var loops = new ArrayList<OutboundLoop>();
            var buffers = dataplane.outboundBuffers();
            for (int tunnel = first; tunnel < tuns.size(); tunnel += threads) {
                var tun = tuns.get(tunnel);
                mine.add(tun);
                loops.add(dataplane.outbound(tunnel, tun::read, outboundDrops.get(tunnel), buffers, paths.get(tunnel), tun::answer));
            }
            var poller = new TunPoller(mine);
            var polling = new Polling(poller, loops);
            var thread = new Thread(polling, "torii-outbound-" + first);
            thread.setDaemon(true);
            outbound.add(new Outbound(thread, poller, polling));
        }
        pollers = outbound.stream().map(Outbound::poller).toList();
        outbound.forEach(one -> one.thread().start());
    }

    /** The loop on which the sockets are read. */
    MultiThreadIoEventLoopGroup inboundLoop() {
        return inboundLoop;
    }

    /** What opens ESP; only for the inbound loop's thread. */
    UdpSockets.EspReceiver espReceiver() {
        return new UdpSockets.EspReceiver() {
            @Override public void receive(ByteBuffer datagram, int trafficClass) {
                inbound.receive(datagram, trafficClass);
            }

            @Override public void flush() {
                inbound.flush();
            }
        };
    }

    /** Has the thread that polls a tunnel's TUN do so now. */
    void poll(int tunnel) {
        pollers.get(outboundThread(tunnel)).wake();
    }

    /** Which of the threads that seal polls a tunnel's TUN. */
    int outboundThread(int tunnel) {
        return tunnel % threads;
    }

    /** What could not be sealed of the packets that came out of a tunnel's TUN. */
    DropCounters outboundDrops(int tunnel) {
        return outboundDrops.get(tunnel);
    }

    /** What arrived as ESP and belonged to no SA. */
    DropCounters inboundDrops() {
        return inboundDrops;
    }

    /** Stops those that seal; when it returns nothing more is sent. */
    void stopOutbound() {
        for (var one : outbound) {
            one.polling().stopped = true;
            one.poller().wake();
        }
        for (var one : outbound) {
            Threads.join(one.thread(), STOP);
            one.poller().close();
        }
        outbound.clear();
    }

    /** Stops all of them; when it returns no packet is being handled and the TUNs may be closed. */
    @Override public void close() {
        stopOutbound();
        inboundLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    private static final class Polling implements Runnable {
        private static final int FOR_EVER = -1;

        private final TunPoller poller;
        private final List<OutboundLoop> loops;
        private volatile boolean stopped;

        Polling(TunPoller poller, List<OutboundLoop> loops) {
            this.poller = poller;
            this.loops = loops;
        }

        @Override public void run() {
            while (!stopped) {
                poller.await(FOR_EVER);
                for (int i = 0; i < loops.size(); i++) {
                    if (poller.readable(i) || loops.get(i).hasRequest()) loops.get(i).poll();
                }
            }
        }
    }
}
