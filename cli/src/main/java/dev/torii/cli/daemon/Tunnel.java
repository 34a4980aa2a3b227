package dev.torii.cli.daemon;

import dev.torii.cli.config.StartMode;
import dev.torii.cli.config.TunnelConfig;
import dev.torii.esp.TunnelPath;
import dev.torii.ike.IkeStatus;
import dev.torii.tun.LinuxTun;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** One connection while the daemon runs: its interface, which is there from start to stop, and its IKE driver, once our address is known. Control loop only. */
final class Tunnel {
    private final int index;
    private final TunnelConfig config;
    private final LinuxTun tun;
    private final TunnelPath path;
    private Optional<IkeDriver> driver = Optional.empty();
    private Optional<InetAddress> localAddress = Optional.empty();
    private Optional<Instances> instances = Optional.empty();
    private final Set<Object> carriers = new HashSet<>();
    private Optional<Suspected> suspected = Optional.empty();
    private boolean wanted;
    private boolean onDemand;
    private long demandSeen;

    /** @param withdrawn whether others carry what it would; not if it is the last */
    record Suspected(long sinceNanos, boolean withdrawn) {}

    Tunnel(int index, TunnelConfig config, LinuxTun tun) {
        this.index = index;
        this.config = config;
        this.tun = tun;
        this.path = new TunnelPath(config.outerHeader().encapDscp(), config.outerHeader().decapDscp());
        this.wanted = config.auto() == StartMode.START;
        this.onDemand = config.auto() == StartMode.ONDEMAND;
    }

    /** The packet path's number for it. */
    int index() {
        return index;
    }

    TunnelConfig config() {
        return config;
    }

    /** What its inner packets have to fit. */
    TunnelPath path() {
        return path;
    }

    LinuxTun tun() {
        return tun;
    }

    Optional<IkeDriver> driver() {
        return driver;
    }

    /** Our outer address; empty while {@code %defaultroute} waits for a default route. */
    Optional<InetAddress> localAddress() {
        return localAddress;
    }

    /** Its peers, if it is for several. */
    Optional<Instances> instances() {
        return instances;
    }

    /** The driver, and those of the single peers. */
    List<IkeDriver> drivers() {
        return Stream.concat(driver.stream(), instances.stream().flatMap(peers -> peers.all().stream())).toList();
    }

    /** What all of them say, as one. */
    Optional<IkeStatus> status() {
        var each = drivers().stream().map(IkeDriver::status).toList();
        if (each.size() <= 1) return each.stream().findFirst();
        return Optional.of(new IkeStatus(config.name(), each.stream().map(IkeStatus::state).max(Comparator.naturalOrder()).orElseThrow(),
                each.stream().flatMap(status -> status.ikeSas().stream()).toList(), each.stream().flatMap(status -> status.children().stream()).toList(),
                each.stream().flatMap(status -> status.lastFailure().stream()).reduce((older, newer) -> newer), each.getFirst().restarts()));
    }

    /** @param peers if it is for several */
    void attached(InetAddress address, IkeDriver newDriver, Optional<Instances> peers) {
        localAddress = Optional.of(address);
        driver = Optional.of(newDriver);
        instances = peers;
        demandSeen = 0;
    }

    void detached() {
        localAddress = Optional.empty();
        driver = Optional.empty();
        instances = Optional.empty();
    }

    /** Whether it is to be up, as far as the files and since then the user said; a change of address changes nothing about it. */
    boolean isWanted() {
        return wanted;
    }

    void wanted(boolean now) {
        wanted = now;
    }

    /** Whether a packet for it sets it up ({@code auto=ondemand}), so that its routes stand although it is down. */
    boolean isOnDemand() {
        return onDemand;
    }

    /** {@code torii down} ends it. */
    void onDemand(boolean now) {
        onDemand = now;
    }

    /** @param dropped packets of its traffic so far for which there was no SA; returns whether there are more than when this was last asked */
    boolean demanded(long dropped) {
        boolean more = dropped > demandSeen;
        demandSeen = dropped;
        return more;
    }

    boolean isUp() {
        return !carriers.isEmpty();
    }

    /** Whether one of its drivers has a child that works. */
    void carries(Object driver, boolean now) {
        if (now) carriers.add(driver);
        else carriers.remove(driver);
    }

    /** Present while it is up and may be dead all the same. */
    Optional<Suspected> suspected() {
        return suspected;
    }

    void suspected(Optional<Suspected> now) {
        suspected = now;
    }

    /** Whether an address is at the other end of this tunnel's inner subnet. */
    boolean reaches(InetAddress address) {
        return config.reaches(address);
    }
}
