package dev.torii.ike.sim;

import dev.torii.ike.ChildSa;
import dev.torii.ike.Event;
import dev.torii.ike.Secret;
import dev.torii.ike.Spi;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/**
 * Data packets both ways at a steady rate. Each is sent with the newest child and takes as long as the link likes; those that the link does not
 * lose must find an SA that opens them. Once a second a side that got some hears of it, as from a driver.
 */
final class Packets implements IkePair.Source {
    private static final long HEARD = Duration.ofSeconds(1).toNanos();

    private final IkePair pair;
    private final Random dice;
    private final PriorityQueue<Packet> underWay = new PriorityQueue<>(Comparator.comparingLong(Packet::at));
    private final Set<String> told = new HashSet<>();
    private final Set<Endpoint> hearing = new HashSet<>();
    private final Map<Endpoint, Set<Spi>> orphans = new HashMap<>();
    private final Set<Spi> servedLeft = new HashSet<>();
    private final Set<Spi> servedRight = new HashSet<>();
    private final long interval;
    private long tick;
    private long heardAt;
    private long sent;
    private long lost;
    private boolean flows;

    private record Packet(long at, Endpoint to, Spi spi, Secret key) {
    }

    Packets(IkePair pair, long seed, Duration interval) {
        this.pair = pair;
        this.dice = new Random(~seed);
        this.interval = interval.toNanos();
    }

    /** Begins or ends now; what is under way arrives. */
    void flows(boolean now) {
        flows = now;
        tick = pair.nowNanos() + interval;
        heardAt = pair.nowNanos() + HEARD;
    }

    /** How many were lost although the link did not lose them. */
    long lost() {
        return lost;
    }

    long sent() {
        return sent;
    }

    /** The SPIs that a side has received packets with. */
    Set<Spi> served(Endpoint side) {
        return side == pair.left() ? servedLeft : servedRight;
    }

    @Override
    public long next() {
        Packet first = underWay.peek();
        return Math.min(first == null ? Long.MAX_VALUE : first.at(), flows ? tick : Long.MAX_VALUE);
    }

    @Override
    public void run() {
        Packet first = underWay.peek();
        if (first != null && first.at() <= pair.nowNanos()) {
            underWay.remove();
            arrive(first);
            return;
        }
        tick += interval;
        send(pair.left());
        send(pair.right());
        if (tick >= heardAt) {
            heardAt += HEARD;
            for (Endpoint side : List.of(pair.left(), pair.right())) {
                if (hearing.remove(side)) {
                    side.step(new Event.Heard());
                }
                List.copyOf(orphans.getOrDefault(side, Set.of())).forEach(spi -> side.step(new Event.Orphaned(spi)));
            }
            orphans.clear();
        }
    }

    private void send(Endpoint from) {
        sent++;
        Optional<ChildSa> child = from.sending();
        if (child.isEmpty()) {
            lose(from, "has nothing to send with");
        } else if (dice.nextDouble() >= pair.lossNow()) {
            underWay.add(new Packet(pair.nowNanos() + pair.delayNanos(dice), pair.other(from), child.get().outbound(), child.get().outboundKey().copy()));
        }
    }

    private void arrive(Packet packet) {
        ChildSa in = packet.to().inbound.get(packet.spi());
        if (in == null) {
            orphans.computeIfAbsent(packet.to(), side -> new LinkedHashSet<>()).add(packet.spi());
            lose(packet.to(), "knows no SPI " + packet.spi());
        } else if (!in.inboundKey().equals(packet.key())) {
            lose(packet.to(), "has other keys for SPI " + packet.spi());
        } else {
            hearing.add(packet.to());
            served(packet.to()).add(packet.spi());
        }
    }

    private void lose(Endpoint side, String why) {
        lost++;
        if (told.add(side.name + why)) {
            pair.log(side.name, "PACKET LOST (said once): " + why);
        }
    }
}
