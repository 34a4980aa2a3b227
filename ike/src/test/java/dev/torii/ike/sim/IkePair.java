package dev.torii.ike.sim;

import dev.torii.ike.ChildSa;
import dev.torii.ike.Event;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Timer;
import dev.torii.ike.TrafficSelector;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** Two endpoints, a clock and a link that loses, doubles and reorders; the left one may sit behind a NAT. */
public final class IkePair {
    private static final long LATENCY = Duration.ofMillis(10).toNanos();
    private static final InetAddress NAT_ADDRESS = address("203.0.113.10");

    private final Random chance;
    private final PriorityQueue<Arrival> underway = new PriorityQueue<>(Comparator.comparingLong(Arrival::at).thenComparingLong(Arrival::order));
    private final History history = new History();
    private final List<Source> sources = new ArrayList<>();
    private final Endpoint left;
    private final Endpoint right;
    private double loss;
    private double duplicate;
    private double reorder;
    private Duration jitter = Duration.ZERO;
    private boolean nat;
    private int natPort = 40000;
    private boolean cut;
    private double corruption;
    private boolean genuine = true;
    private Tap tap = (to, path, message) -> { };
    private long now;
    private long order;
    private int sent;
    private UnaryOperator<Octets> meddler = UnaryOperator.identity();

    private record Arrival(long at, long order, Endpoint to, Path path, Octets message, int number, boolean genuine) {
    }

    /** Hears what arrives unchanged. */
    interface Tap {
        void heard(Endpoint to, Path path, Octets message);
    }

    /** Something else that happens in virtual time. */
    interface Source {
        /** When it wants to run next. */
        long next();

        void run();
    }

    public IkePair(long seed, IkeConfig leftConfig, IkeConfig rightConfig) {
        this(seed, leftConfig, rightConfig, new SimCrypto(seed * 2), new SimCrypto(seed * 2 + 1));
    }

    public IkePair(long seed, IkeConfig leftConfig, IkeConfig rightConfig, IkeCrypto leftCrypto, IkeCrypto rightCrypto) {
        this.chance = new Random(seed);
        this.left = new Endpoint("left", address("192.168.1.42"), this, leftConfig, leftCrypto);
        this.right = new Endpoint("right", address("198.51.100.11"), this, rightConfig, rightCrypto);
    }

    static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException notLiteral) {
            throw new IllegalArgumentException(notLiteral);
        }
    }

    public IkePair loss(double share) {
        loss = share;
        return this;
    }

    public IkePair duplicate(double share) {
        duplicate = share;
        return this;
    }

    public IkePair reorder(double share) {
        reorder = share;
        return this;
    }

    /** Every datagram takes up to this much longer. */
    public IkePair jitter(Duration most) {
        jitter = most;
        return this;
    }

    /** That share of the datagrams arrives with changed bits. */
    IkePair corruption(double share) {
        corruption = share;
        return this;
    }

    /** Whether what is being delivered is what the other side has sent. */
    boolean genuine() {
        return genuine;
    }

    void tap(Tap listener) {
        tap = listener;
    }

    /** Somebody else sends this, as if it came along that path. */
    void forge(Endpoint to, Path path, Octets message) {
        log(to.name, "gets a forgery from " + path.remote() + ": " + History.name(message));
        deliver(to, path, message, false);
    }

    private void deliver(Endpoint to, Path path, Octets message, boolean real) {
        genuine = real;
        try {
            to.deliver(path, message);
        } finally {
            genuine = true;
        }
    }

    private boolean isElsewhere(InetAddress address) {
        return !List.of(left.address, right.address, NAT_ADDRESS).contains(address);
    }

    IkePair with(Source source) {
        sources.add(source);
        return this;
    }

    /** How long a datagram that is not lost takes now. */
    long delayNanos(Random dice) {
        long delay = LATENCY + (long) (dice.nextDouble() * jitter.toNanos());
        return delay + (dice.nextDouble() < reorder ? (long) (dice.nextDouble() * 100 * LATENCY) : 0);
    }

    double lossNow() {
        return cut ? 1 : loss;
    }

    public IkePair behindNat() {
        nat = true;
        return this;
    }

    /** The NAT forgets its mapping: the left side appears with another port. */
    public void remapNat() {
        natPort++;
    }

    public void cut(boolean nothingPasses) {
        cut = nothingPasses;
    }

    /** Changes every message on its way; an empty result is a loss. */
    public void meddle(UnaryOperator<Octets> change) {
        meddler = change;
    }

    public Endpoint left() {
        return left;
    }

    public Endpoint right() {
        return right;
    }

    Endpoint other(Endpoint one) {
        return one == left ? right : left;
    }

    long nowNanos() {
        return now;
    }

    public Duration now() {
        return Duration.ofNanos(now);
    }

    /** How many datagrams both sides have sent. */
    int sent() {
        return sent;
    }

    void log(String side, Object what) {
        history.add(now, side, what);
    }

    String history() {
        return history.text();
    }

    void carry(Endpoint from, Path path, Octets original) {
        Octets message = meddler.apply(original);
        int number = ++sent;
        int copies = cut || message.length() == 0 || isElsewhere(path.remote().getAddress()) ? 0 : chance.nextDouble() < duplicate ? 2 : 1;
        var arrivals = new ArrayList<Long>(copies);
        for (int i = 0; i < copies; i++) {
            if (chance.nextDouble() >= loss) {
                long at = now + delayNanos(chance);
                arrivals.add(at);
                boolean changed = corruption > 0 && chance.nextDouble() < corruption;
                underway.add(new Arrival(at, order++, other(from), arriving(from, path), changed ? Attacker.flipped(message, chance)
                        : message, number, !changed));
            }
        }
        log(from.name, new History.Sent(number, path.remote().getAddress().getHostAddress() + ":" + path.remote().getPort(), original, arrivals));
    }

    private Path arriving(Endpoint from, Path path) {
        if (!nat) {
            return new Path(path.remote(), path.local());
        }
        if (from == left) {
            int port = path.local().getPort() == Path.IKE_PORT ? natPort + 10000 : natPort;
            return new Path(path.remote(), new InetSocketAddress(NAT_ADDRESS, port));
        }
        int port = path.remote().getPort() == natPort ? Path.NAT_T_PORT : Path.IKE_PORT;
        return new Path(new InetSocketAddress(left.address, port), path.local());
    }

    /** Hands a message to a side as if it came from the other one now. */
    public void inject(Endpoint to, Octets message) {
        Endpoint from = other(to);
        to.deliver(new Path(new InetSocketAddress(to.address, Path.IKE_PORT), new InetSocketAddress(from.address, Path.IKE_PORT)), message);
    }

    public void runFor(Duration time) {
        long end = now + time.toNanos();
        while (advance(end)) {
            continue;
        }
        now = end;
    }

    /** Fails with the history when the time is up. */
    public void runUntil(BooleanSupplier goal, Duration limit, String what) {
        long end = now + limit.toNanos();
        while (!goal.getAsBoolean()) {
            if (!advance(end)) {
                throw new AssertionError(what + ": not within " + limit + "\n" + history());
            }
        }
    }

    private boolean advance(long end) {
        Arrival arrival = underway.peek();
        Timer dueTimer = null;
        Endpoint dueAt = null;
        long due = Long.MAX_VALUE;
        for (Endpoint side : List.of(left, right)) {
            for (Map.Entry<Timer, Long> timer : side.timers.entrySet()) {
                boolean earlier = timer.getValue() < due
                        || timer.getValue() == due && dueTimer != null && side == dueAt && before(timer.getKey(), dueTimer);
                if (earlier) {
                    due = timer.getValue();
                    dueTimer = timer.getKey();
                    dueAt = side;
                }
            }
        }
        Source earliest = null;
        for (Source source : sources) {
            if (earliest == null || source.next() < earliest.next()) {
                earliest = source;
            }
        }
        if (earliest != null && earliest.next() <= Math.min(end, Math.min(due, arrival == null ? Long.MAX_VALUE : arrival.at()))) {
            now = Math.max(now, earliest.next());
            earliest.run();
            return true;
        }
        if (arrival != null && arrival.at() <= due && arrival.at() <= end) {
            underway.remove();
            now = arrival.at();
            log(arrival.to().name, "gets #" + arrival.number() + (arrival.genuine() ? "" : " with other bits"));
            deliver(arrival.to(), arrival.path(), arrival.message(), arrival.genuine());
            if (arrival.genuine()) {
                tap.heard(arrival.to(), arrival.path(), arrival.message());
            }
            return true;
        }
        if (dueAt != null && dueTimer != null && due <= end) {
            now = due;
            dueAt.timers.remove(dueTimer);
            dueAt.step(new Event.Expired(dueTimer));
            return true;
        }
        return false;
    }

    private static boolean before(Timer a, Timer b) {
        return Comparator.comparing(Timer::kind).thenComparing(Timer::id).compare(a, b) < 0;
    }

    public boolean bothUp() {
        return left.up && right.up;
    }

    /** Whether what each side sends with, the other can receive: same keys, mirrored SPIs and selectors. */
    public boolean trafficPasses() {
        return passes(left, right) && passes(right, left);
    }

    /** The same for what one pair of selectors selects. @param mine the left side's selector, {@code theirs} the right side's */
    public boolean trafficPasses(TrafficSelector mine, TrafficSelector theirs) {
        return passes(left, right, left.sending(mine, theirs)) && passes(right, left, right.sending(theirs, mine));
    }

    private static boolean passes(Endpoint from, Endpoint to) {
        return passes(from, to, from.sending());
    }

    private static boolean passes(Endpoint from, Endpoint to, Optional<ChildSa> out) {
        if (out.isEmpty()) {
            return false;
        }
        ChildSa in = to.inbound.get(out.get().outbound());
        return in != null && in.inboundKey().equals(out.get().outboundKey()) && in.suite().equals(out.get().suite())
                && in.local().equals(out.get().remote()) && in.remote().equals(out.get().local())
                && in.udpEncapsulated() == out.get().udpEncapsulated();
    }
}
