package dev.torii.cli.daemon;

import dev.torii.cli.daemon.Counters.Cause;
import dev.torii.ike.Cookie;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.session.Candidates;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import dev.torii.ike.wire.Notification;
import dev.torii.ike.wire.NotifyType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Brings each IKE message to the connection it belongs to: by our own cookie, or, for the first message of a Main Mode or an IKE_SA_INIT, by the pair of
 * addresses, an exact match before a conn for any peer. Nothing else is known then; the first of several answers, and hands the exchange over when the peer
 * says who it is ({@link Candidates}). Strangers change nothing here.
 */
final class IkeDispatcher implements UdpSockets.IkeReceiver {
    private final ControlLoop loop;
    private final Counters counters;
    private final EventLog log;
    private final AnswerLimit limit;
    private final BiConsumer<Path, Octets> send;
    private final Map<Cookie, IkeDriver> byCookie = new HashMap<>();
    private final Map<AddressPair, List<IkeDriver>> byAddresses = new HashMap<>();
    private final Map<InetAddress, List<IkeDriver>> anyPeer = new HashMap<>();
    private boolean closing;

    private record AddressPair(InetAddress local, InetAddress remote) {}

    IkeDispatcher(ControlLoop loop, Counters counters, EventLog log, LongSupplier nanoTime, BiConsumer<Path, Octets> send) {
        this.loop = loop;
        this.counters = counters;
        this.log = log;
        this.limit = new AnswerLimit(nanoTime);
        this.send = send;
    }

    /** A connection's addresses; an empty remote takes any peer. Of several with the same addresses the first answers. */
    void add(IkeDriver driver, InetAddress local, Optional<InetAddress> remote) {
        (remote.isPresent() ? byAddresses.computeIfAbsent(new AddressPair(local, remote.get()), pair -> new ArrayList<>())
                : anyPeer.computeIfAbsent(local, address -> new ArrayList<>())).add(driver);
    }

    /** Who may be meant by what comes along a path, those that name the peer's address first. */
    List<IkeDriver> candidates(Path path) {
        var local = path.local().getAddress();
        return Stream.concat(byAddresses.getOrDefault(new AddressPair(local, path.remote().getAddress()), List.of()).stream(),
                anyPeer.getOrDefault(local, List.of()).stream()).toList();
    }

    /** From now on only messages of IKE SAs that exist count. */
    void admitNobody() {
        closing = true;
    }

    /** The connection is gone, or has another address now. */
    void remove(IkeDriver driver) {
        byAddresses.values().forEach(drivers -> drivers.remove(driver));
        byAddresses.values().removeIf(List::isEmpty);
        anyPeer.values().forEach(drivers -> drivers.remove(driver));
        anyPeer.values().removeIf(List::isEmpty);
        byCookie.values().removeIf(driver::equals);
    }

    void bind(Cookie cookie, IkeDriver driver) {
        byCookie.put(cookie, driver);
    }

    void unbind(Cookie cookie) {
        byCookie.remove(cookie);
    }

    @Override public void received(InetSocketAddress local, InetSocketAddress remote, Octets message, Runnable done) {
        loop.run(() -> {
            try {
                dispatch(new Path(local, remote), message);
            } finally {
                done.run();
            }
        });
    }

    private void dispatch(Path path, Octets message) {
        IkeHeader header;
        try {
            header = IkeHeader.peek(message);
        } catch (MalformedMessageException e) {
            counters.count(Cause.IKE_MALFORMED);
            log.limited("malformed", from(path), "not an ISAKMP message: " + e.getMessage());
            return;
        }
        if (header.majorVersion() != 1 && header.majorVersion() != 2) {
            counters.count(Cause.IKE_VERSION);
            log.limited("version", from(path), "IKE version " + header.majorVersion() + " is not spoken here, only 1 and 2");
            answer(path, header, NotifyType.INVALID_MAJOR_VERSION);
            return;
        }
        var driver = byCookie.get(header.initiator());
        if (driver == null) driver = byCookie.get(header.responder());
        if (driver != null && driver.version().major() != header.majorVersion()) {
            counters.count(Cause.IKE_VERSION);
        } else if (driver != null) {
            driver.received(path, message);
        } else if (closing) {
            counters.count(Cause.IKE_UNKNOWN_COOKIE);
        } else if (header.responder().equals(Cookie.NONE) && begins(header)) {
            first(path, header, message);
        } else if (header.responder().equals(Cookie.NONE) && header.majorVersion() == 1 && !ExchangeType.spoken(header.exchange())) {
            counters.count(Cause.IKE_EXCHANGE_REFUSED);
            log.limited("exchange", from(path), ExchangeType.refusal(header.exchange()));
            answer(path, header, ExchangeType.known(header.exchange()) ? NotifyType.UNSUPPORTED_EXCHANGE_TYPE : NotifyType.INVALID_EXCHANGE_TYPE);
        } else {
            counters.count(Cause.IKE_UNKNOWN_COOKIE);
            log.limited("cookie", from(path), "message for an unknown ISAKMP SA " + header.initiator() + ":" + header.responder());
        }
    }

    private static boolean begins(IkeHeader header) {
        return header.majorVersion() == 1 ? header.exchange() == ExchangeType.MAIN_MODE
                : header.exchange() == ExchangeType.IKE_SA_INIT && !header.response();
    }

    private void first(Path path, IkeHeader header, Octets message) {
        var candidates = candidates(path);
        var driver = candidates.stream().filter(candidate -> candidate.version().major() == header.majorVersion()).findFirst();
        if (driver.isPresent()) {
            driver.get().received(path, message);
            return;
        }
        if (!candidates.isEmpty()) {
            counters.count(Cause.IKE_VERSION);
            log.limited("version", from(path), "IKEv" + header.majorVersion() + " is not spoken by " + candidates.getFirst().name() + ", see its ikev2=");
            answer(path, header, NotifyType.NO_PROPOSAL_CHOSEN);
            return;
        }
        counters.count(Cause.IKE_UNKNOWN_PEER);
        log.limited("unknown peer", from(path), "initial " + (header.majorVersion() == 1 ? "Main Mode" : "IKE_SA_INIT") + " message received on "
                + path.local().getAddress().getHostAddress() + " but no connection has this address as its right");
        answer(path, header, NotifyType.NO_PROPOSAL_CHOSEN);
    }

    /** Few enough that nobody can use us to flood a third party; the types used here are the same in both versions. */
    private void answer(Path path, IkeHeader header, int notifyType) {
        if (header.majorVersion() != 1 && header.response()) return;             // nobody answers an answer
        if (limit.allows(path.remote().getAddress())) {
            send.accept(path, header.majorVersion() == 1 ? Notification.unauthenticated(header, notifyType)
                    : dev.torii.ike.v2.wire.Notification.unauthenticated(header, notifyType));
        }
    }

    private static String from(Path path) {
        return "packet from " + path.remote().getAddress().getHostAddress() + ":" + path.remote().getPort();
    }
}
