package dev.torii.cli.daemon;

import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.daemon.ControlSocket.Answer;
import dev.torii.cli.show.IpRouteView;
import dev.torii.cli.show.StatusView;
import dev.torii.cli.show.View;
import dev.torii.esp.SaDatabase;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What the control socket's clients may ask, and the answers. Called on the clients' threads; looks at the daemon's state only on the control loop. */
final class Answers implements ControlSocket.Requests {
    private static final Duration LOOK = Duration.ofSeconds(10);
    private static final Duration UP_DEADLINE = Duration.ofSeconds(30);
    private static final Duration UP_LOOK = Duration.ofMillis(50);
    private static final String NO_BGP = "% BGP instance not found";

    private final ControlLoop loop;
    private final Connections connections;
    private final Routing routing;
    private final PacketThreads packets;
    private final SaDatabase sad;
    private final Counters counters;

    Answers(ControlLoop loop, Connections connections, Routing routing, PacketThreads packets, SaDatabase sad, Counters counters) {
        this.loop = loop;
        this.connections = connections;
        this.routing = routing;
        this.packets = packets;
        this.sad = sad;
        this.counters = counters;
    }

    @Override public Answer answer(List<String> words) {
        boolean json = words.contains("--json");
        var asked = words.stream().filter(word -> !word.equals("--json")).toList();
        try {
            return switch (String.join(" ", asked)) {
                case "status" -> show(json, this::status);
                case "traffic" -> show(json, () -> new TrafficReport(packets, sad).of(connections.tunnels(), System.nanoTime()));
                case "show ip route" -> show(json, () -> new IpRouteView(routing.table().candidates(), false, System.nanoTime()));
                case "show ipv6 route" -> show(json, () -> new IpRouteView(routing.table().candidates(), true, System.nanoTime()));
                default -> asked.size() == 2 && asked.getFirst().equals("up") ? up(asked.getLast())
                        : asked.size() == 2 && asked.getFirst().equals("down") ? down(asked.getLast())
                        : BgpAnswers.understands(asked) ? loop.call(() -> bgp(asked, json), LOOK)
                        : Answer.usage("torii: unknown request: " + String.join(" ", asked)
                                + "\n    known: status, traffic, up CONN, down CONN, show bgp summary, show bgp ipv4|ipv6 unicast, show bgp neighbors, show bgp PREFIX,"
                                + " show route-map, show ip|ipv6 prefix-list, show ip|ipv6 route, clear bgp X");
            };
        } catch (TimeoutException e) {
            return Answer.failed("torii: the daemon is too busy to answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.failed("torii: the daemon is stopping");
        }
    }

    private Answer bgp(List<String> asked, boolean json) {
        return routing.speaker().map(speaker -> BgpAnswers.answer(speaker, routing.aroundBgp(speaker), asked, json)).orElseGet(() -> json ? Answer.ok("{}\n") : Answer.failed(NO_BGP));
    }

    private Answer show(boolean json, Supplier<? extends View> look) throws InterruptedException, TimeoutException {
        View view = loop.call(look::get, LOOK);
        return Answer.ok(json ? view.jsonText() : view.text());
    }

    private StatusView status() {
        var shown = connections.tunnels().stream().map(this::connection).toList();
        var notUsed = new LinkedHashMap<String, Long>();
        for (Counters.Cause cause : Counters.Cause.values()) {
            long count = counters.of(cause);
            if (count > 0) notUsed.put(cause.name().toLowerCase(Locale.ROOT), count);
        }
        packets.inboundDrops().seen().forEach((verdict, count) -> notUsed.put("esp_" + verdict.name().toLowerCase(Locale.ROOT), count));
        var notes = new ArrayList<>(HostSettings.notes(connections.tunnels().stream().anyMatch(tunnel -> tunnel.config().carriesIpv6())));
        notes.addAll(connections.refusedOffloads());
        return new StatusView(shown, connections.listening(), notUsed, notes);
    }

    private StatusView.Connection connection(Tunnel tunnel) {
        var config = tunnel.config();
        var inbound = new LinkedHashMap<Integer, StatusView.Traffic>();
        for (var sa : sad.inbound(tunnel.index())) inbound.put(sa.spi(), new StatusView.Traffic(sa.counters().packets(), sa.counters().bytes(), sa.counters().drops().seen()));
        var outbound = new LinkedHashMap<Integer, StatusView.Traffic>();
        for (var sa : sad.outbound(tunnel.index())) outbound.put(sa.spi(), new StatusView.Traffic(sa.counters().packets(), sa.counters().bytes(), Map.of()));
        String address = tunnel.localAddress().map(InetAddress::getHostAddress).orElse("%defaultroute");
        return new StatusView.Connection(config.name(), config.interfaceName(), tunnel.localAddress(), config.localId().map(Object::toString).orElse(address), config.remote(),
                config.remoteId().toString(), config.localSubnets().isEmpty() ? address : text(config.localSubnets()), text(config.remoteSubnets()), tunnel.isUp(),
                tunnel.suspected().map(suspected -> new StatusView.Suspect(Duration.ofNanos(System.nanoTime() - suspected.sinceNanos()), suspected.withdrawn())),
                tunnel.driver().map(IkeDriver::isWanted).orElse(false), tunnel.isOnDemand(), tunnel.status(), inbound, outbound,
                packets.outboundDrops(tunnel.index()).seen());
    }

    private static String text(List<Prefix> subnets) {
        return subnets.stream().map(Prefix::toString).collect(Collectors.joining(","));
    }

    /** As {@code ipsec auto --up}: answers when the connection is up, or says why it is not. */
    private Answer up(String name) throws InterruptedException, TimeoutException {
        var result = new CompletableFuture<Answer>();
        long deadline = System.nanoTime() + UP_DEADLINE.toNanos();
        loop.run(() -> connections.named(name).ifPresentOrElse(tunnel -> connections.start(tunnel).ifPresentOrElse(
                why -> result.complete(Answer.failed("torii: cannot bring up \"" + name + "\": " + why)),
                () -> awaitUp(tunnel, deadline, result)), () -> result.complete(unknown(name))));
        try {
            return result.get(UP_DEADLINE.toMillis() + LOOK.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private void awaitUp(Tunnel tunnel, long deadlineNanos, CompletableFuture<Answer> result) {
        String name = tunnel.config().name();
        if (tunnel.isUp()) result.complete(Answer.ok("\"" + name + "\" is up\n"));
        else if (System.nanoTime() - deadlineNanos > 0) {
            String cause = tunnel.driver().flatMap(driver -> driver.status().lastFailure()).orElse("the peer does not answer");
            result.complete(Answer.failed("torii: \"" + name + "\" is not up after " + UP_DEADLINE.toSeconds() + " s: " + cause + "; it goes on trying"));
        } else loop.arm(result, UP_LOOK, () -> awaitUp(tunnel, deadlineNanos, result));
    }

    private Answer down(String name) throws InterruptedException, TimeoutException {
        return loop.call(() -> connections.named(name).map(tunnel -> {
            connections.stop(tunnel);
            return Answer.ok("\"" + name + "\" is down\n");
        }).orElseGet(() -> unknown(name)), LOOK);
    }

    private Answer unknown(String name) {
        var names = connections.tunnels().stream().map(tunnel -> tunnel.config().name()).toList();
        return Answer.failed("torii: no connection named \"" + name + "\"" + (names.isEmpty() ? "; none is loaded" : "; loaded are " + String.join(", ", names)));
    }
}
