package dev.torii.cli.daemon;

import dev.torii.tun.RawSocket;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** ESP of one local address as IP protocol 50, without UDP around it. The inbound packet thread reads it when epoll says so, like the UDP sockets. */
final class EspSocket implements AutoCloseable {
    private static final int LARGEST_PACKET = 9216;
    private static final int PACKETS_A_READ = 64;
    private static final int SOCKET_BUFFER = 8 << 20;

    private final RawSocket socket;
    private final IoEventLoop loop;
    private final IoRegistration registration;

    private EspSocket(RawSocket socket, IoEventLoop loop, IoRegistration registration) {
        this.socket = socket;
        this.loop = loop;
        this.registration = registration;
    }

    /** Takes what is sent to {@code address}, on {@code packets}, the loop of the inbound packet thread. Needs CAP_NET_RAW. */
    static EspSocket open(MultiThreadIoEventLoopGroup packets, InetAddress address, UdpSockets.EspReceiver esp) throws IOException {
        var socket = RawSocket.open(address, RawSocket.ESP, LARGEST_PACKET, SOCKET_BUFFER);
        var loop = packets.next();
        var registered = loop.register(new Reader(socket, esp)).awaitUninterruptibly();
        if (!registered.isSuccess()) {
            socket.close();
            throw new IOException("read ESP on " + address.getHostAddress() + ": " + registered.cause().getMessage(), registered.cause());
        }
        registered.getNow().submit(EpollIoOps.EPOLLIN);
        return new EspSocket(socket, loop, registered.getNow());
    }

    /** For sending. Valid until {@link #close}. */
    int descriptor() {
        return socket.descriptor();
    }

    /** Not on the packet thread. */
    @Override public void close() {
        loop.submit(() -> {
            registration.cancel();
            socket.close();
        }).awaitUninterruptibly();
    }

    private static final class Reader implements EpollIoHandle {
        private final RawSocket socket;
        private final UdpSockets.EspReceiver esp;
        private final FileDescriptor fd;
        private final ByteBuffer[] packets = new ByteBuffer[PACKETS_A_READ];
        private final int[] trafficClasses = new int[PACKETS_A_READ];

        Reader(RawSocket socket, UdpSockets.EspReceiver esp) {
            this.socket = socket;
            this.esp = esp;
            this.fd = new FileDescriptor(socket.descriptor());
            for (int i = 0; i < packets.length; i++) packets[i] = ByteBuffer.allocate(LARGEST_PACKET);
        }

        @Override public FileDescriptor fd() {
            return fd;
        }

        /** One batch a turn: the other sockets of the thread get theirs. */
        @Override public void handle(IoRegistration registration, IoEvent event) {
            int count = socket.receive(packets, trafficClasses);
            for (int i = 0; i < count; i++) esp.receive(packets[i], trafficClasses[i]);
            esp.flush();
        }

        @Override public void close() {
            socket.close();
        }
    }
}
