package dev.torii.ike.v1;

import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.wire.MalformedMessageException;
import dev.torii.ike.wire.Payload;

/** Traffic selectors as the identities of Quick Mode: RFC 2407, section 4.6.2. */
final class Selectors {
    private static final int IPV4_ADDR = 1;
    private static final int IPV4_ADDR_SUBNET = 4;
    private static final int IPV6_ADDR = 5;
    private static final int IPV6_ADDR_SUBNET = 6;
    private static final int IPV4_ADDR_RANGE = 7;
    private static final int IPV6_ADDR_RANGE = 8;

    private Selectors() {
    }

    static Payload.Id encode(TrafficSelector selector) {
        int prefix = selector.prefixLength();
        int bits = selector.first().length() * 8;
        boolean v6 = selector.isIpv6();
        if (prefix == bits) {
            return new Payload.Id(v6 ? IPV6_ADDR : IPV4_ADDR, selector.protocol(), selector.port(), selector.first());
        }
        if (prefix < 0) {
            return new Payload.Id(v6 ? IPV6_ADDR_RANGE : IPV4_ADDR_RANGE, selector.protocol(), selector.port(),
                    Octets.concat(selector.first(), selector.last()));
        }
        byte[] mask = new byte[bits / 8];
        for (int bit = 0; bit < prefix; bit++) {
            mask[bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        return new Payload.Id(v6 ? IPV6_ADDR_SUBNET : IPV4_ADDR_SUBNET, selector.protocol(), selector.port(),
                Octets.concat(selector.first(), Octets.of(mask)));
    }

    static TrafficSelector decode(Payload.Id id) throws IkeException {
        int bytes = id.idType() == IPV6_ADDR || id.idType() == IPV6_ADDR_SUBNET || id.idType() == IPV6_ADDR_RANGE ? 16 : 4;
        boolean single = id.idType() == IPV4_ADDR || id.idType() == IPV6_ADDR;
        if (id.value().length() != (single ? bytes : 2 * bytes)) {
            throw new MalformedMessageException("identity type " + id.idType() + " with " + id.value().length() + " bytes");
        }
        Octets first = id.value().slice(0, bytes);
        Octets second = single ? first : id.value().slice(bytes, bytes);
        try {
            return switch (id.idType()) {
                case IPV4_ADDR, IPV6_ADDR, IPV4_ADDR_RANGE, IPV6_ADDR_RANGE ->
                        new TrafficSelector(first, second, id.protocol(), id.port());
                case IPV4_ADDR_SUBNET, IPV6_ADDR_SUBNET -> subnet(first, second, id);
                default -> throw new MalformedMessageException("identity type " + id.idType() + " is no traffic selector");
            };
        } catch (IllegalArgumentException backwards) {
            throw new MalformedMessageException(backwards.getMessage());
        }
    }

    private static TrafficSelector subnet(Octets address, Octets mask, Payload.Id id) throws IkeException {
        byte[] first = address.toByteArray();
        byte[] last = address.toByteArray();
        int prefix = 0;
        boolean ended = false;
        for (int bit = 0; bit < first.length * 8; bit++) {
            boolean set = (mask.at(bit / 8) >> 7 - bit % 8 & 1) != 0;
            if (set && ended) {
                throw new MalformedMessageException("mask with holes: " + mask);
            }
            ended |= !set;
            prefix += set ? 1 : 0;
        }
        for (int bit = prefix; bit < first.length * 8; bit++) {
            first[bit / 8] &= (byte) ~(0x80 >> bit % 8);
            last[bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        return new TrafficSelector(Octets.of(first), Octets.of(last), id.protocol(), id.port());
    }
}
