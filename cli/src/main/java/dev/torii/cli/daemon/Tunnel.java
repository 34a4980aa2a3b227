package dev.torii.cli.daemon;

import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.config.StartMode;
import dev.torii.cli.config.TunnelConfig;
import dev.torii.esp.TunnelPath;
import dev.torii.tun.LinuxTun;
import java.net.InetAddress;
import java.util.Optional;

/** One connection while the daemon runs: its interface, which is there from start to stop, and its IKE driver, once our address is known. Control loop only. */
final class Tunnel {
    private final int index;
    private final TunnelConfig config;
    private final LinuxTun tun;
    private final TunnelPath path;
    private Optional<IkeDriver> driver = Optional.empty();
    private Optional<InetAddress> localAddress = Optional.empty();
    private boolean up;
    private boolean wanted;
    private boolean onDemand;
    private long demandSeen;

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

    void attached(InetAddress address, IkeDriver newDriver) {
        localAddress = Optional.of(address);
        driver = Optional.of(newDriver);
        demandSeen = 0;
    }

    void detached() {
        localAddress = Optional.empty();
        driver = Optional.empty();
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
        return up;
    }

    void up(boolean now) {
        up = now;
    }

    /** Whether an address is at the other end of this tunnel's inner subnet. */
    boolean reaches(InetAddress address) {
        return config.innerAddress().filter(inner -> Prefix.of(inner.address(), inner.prefixLength()).contains(address)).isPresent();
    }
}
