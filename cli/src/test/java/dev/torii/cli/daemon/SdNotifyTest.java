package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SdNotifyTest {
    @TempDir
    private Path directory;

    private final BlockingQueue<Throwable> bugs = new LinkedBlockingQueue<>();
    private final ControlLoop loop = new ControlLoop(bugs::add);
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @AfterEach void close() {
        loop.close();
        assertEquals(0, bugs.size());
    }

    private Channel manager(String path) throws InterruptedException {
        var bootstrap = new Bootstrap().group(loop.eventLoop()).channel(EpollDomainDatagramChannel.class);
        return bootstrap.handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
            @Override protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                heard.add(packet.content().toString(StandardCharsets.UTF_8));
            }
        }).bind(new DomainSocketAddress(path)).sync().channel();
    }

    @Test void theManagerHearsTheState() throws InterruptedException {
        String path = directory.resolve("notify").toString();
        manager(path);
        new SdNotify(loop.eventLoop(), Optional.of(path)).send("READY=1");
        assertEquals("READY=1", heard.poll(5, TimeUnit.SECONDS));
    }

    @Test void aNameThatBeginsWithAnAtSignIsAbstract() throws InterruptedException {
        String name = "torii-test-" + ProcessHandle.current().pid();
        manager("\0" + name);
        new SdNotify(loop.eventLoop(), Optional.of("@" + name)).send("READY=1");
        assertEquals("READY=1", heard.poll(5, TimeUnit.SECONDS));
    }

    @Test void withoutAManagerNothingHappens() throws Exception {
        new SdNotify(loop.eventLoop(), Optional.empty()).send("READY=1");
        new SdNotify(loop.eventLoop(), Optional.of("")).send("READY=1");
        new SdNotify(loop.eventLoop(), Optional.of(directory.resolve("nobody").toString())).send("READY=1");
        loop.call(() -> "what was asked before is done", java.time.Duration.ofSeconds(5));
        assertNull(heard.poll());
    }
}
