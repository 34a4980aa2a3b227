package dev.torii.ike.v2.wire;

import dev.torii.ike.Octets;
import dev.torii.ike.TrafficSelector;

/**
 * A traffic selector (RFC 7296, section 3.13.1). Wider than {@link TrafficSelector} in its ports.
 *
 * @param protocol 0 for any
 * @param firstPort 0 to 65535
 * @param lastPort 0 to 65535; smaller than {@code firstPort} means opaque ports
 * @param first lowest address, 4 or 16 bytes
 * @param last highest address, as long
 */
public record Selector(int protocol, int firstPort, int lastPort, Octets first, Octets last) {
    static final int LAST_PORT = 0xFFFF;

    /** What a configured selector is on the wire. */
    public static Selector of(TrafficSelector selector) {
        boolean any = selector.port() == 0;
        return new Selector(selector.protocol(), any ? 0 : selector.port(), any ? LAST_PORT : selector.port(), selector.first(), selector.last());
    }

    /** Whether it selects every port. */
    public boolean anyPort() {
        return firstPort == 0 && lastPort == LAST_PORT;
    }
}
