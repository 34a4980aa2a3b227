package dev.torii.cli.daemon;

import dev.torii.ike.Handover;
import dev.torii.ike.Identity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The peers of one connection that is for anybody ({@code rightid=%any}): each has a driver, and so IKE SAs and children, of its own. They share the
 * connection's TUN; whose a packet is, the children's selectors say. A peer's driver comes with its first exchange and goes with its last. Control loop only.
 */
final class Instances {
    /** Peers at a time. Of those who have not proved who they are there are far fewer: see {@link dev.torii.ike.session.HalfOpens}. */
    static final int MOST = 1024;

    private final Function<Identity, IkeDriver> drivers;
    private final Map<Identity, IkeDriver> byPeer = new LinkedHashMap<>();

    /** @param drivers makes one for a peer */
    Instances(Function<Identity, IkeDriver> drivers) {
        this.drivers = drivers;
    }

    /** An exchange of somebody who says that he is this peer. False: there are too many, and it is refused. */
    boolean takeOver(Identity peer, Handover exchange) {
        if (byPeer.size() >= MOST && !byPeer.containsKey(peer)) {
            exchange.refuse();
            return false;
        }
        byPeer.computeIfAbsent(peer, drivers).takeOver(exchange);
        return true;
    }

    /** Forgets those that hold nothing any more. */
    void tidy() {
        byPeer.values().removeIf(driver -> {
            if (driver.isAtRest()) driver.dispose();
            return driver.isAtRest();
        });
    }

    /** One for each peer, in the order of their coming. */
    List<IkeDriver> all() {
        return List.copyOf(byPeer.values());
    }
}
