package dev.torii.cli.daemon;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The service manager's notification protocol, sd_notify(3): one datagram to the socket that {@code $NOTIFY_SOCKET} names, nothing without it. */
final class SdNotify {
    private final EventLoop loop;
    private final Optional<DomainSocketAddress> socket;

    SdNotify(EventLoop loop, Optional<String> notifySocket) {
        this.loop = loop;
        // A leading '@' is the abstract namespace, which the kernel spells with a NUL.
        this.socket = notifySocket.filter(path -> !path.isEmpty())
                .map(path -> new DomainSocketAddress(path.startsWith("@") ? "\0" + path.substring(1) : path));
    }

    /** Sends {@code state}, for example {@code READY=1}; a manager that does not listen is not our failure. */
    void send(String state) {
        socket.ifPresent(address -> {
            var connecting = new Bootstrap().group(loop).channel(EpollDomainDatagramChannel.class).handler(new ChannelInboundHandlerAdapter()).connect(address);
            connecting.addListener(connected -> {
                if (!connected.isSuccess()) return;
                var channel = connecting.channel();
                channel.writeAndFlush(Unpooled.copiedBuffer(state, StandardCharsets.UTF_8)).addListener(sent -> channel.close());
            });
        });
    }
}
