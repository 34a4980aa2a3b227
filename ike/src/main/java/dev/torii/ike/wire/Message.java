package dev.torii.ike.wire;

import dev.torii.ike.Octets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A decoded message whose payloads are readable (plain or decrypted). Keeps the bytes of each payload, because hashes are
 * computed over what was sent, not over what we would have sent.
 *
 * @param header as received
 * @param parts payloads in the order of the wire
 */
public record Message(IkeHeader header, List<Part> parts) {
    /** Copies the list. */
    public Message {
        parts = List.copyOf(parts);
    }

    /**
     * A payload and its bytes.
     *
     * @param payload the decoded one
     * @param bytes generic header and body
     */
    public record Part(Payload payload, Octets bytes) {
        /** Without the generic header. */
        public Octets body() {
            return bytes.slice(PayloadCodec.GENERIC_HEADER, bytes.length() - PayloadCodec.GENERIC_HEADER);
        }
    }

    /** All payloads of a kind. */
    public <P extends Payload> List<P> all(Class<P> kind) {
        var found = new ArrayList<P>();
        for (Part part : parts) {
            if (kind.isInstance(part.payload())) {
                found.add(kind.cast(part.payload()));
            }
        }
        return found;
    }

    /** The only payload of a kind; none or several are an error. */
    public <P extends Payload> P the(Class<P> kind) throws MalformedMessageException {
        return optional(kind).orElseThrow(() -> new MalformedMessageException("no " + kind.getSimpleName() + " payload"));
    }

    /** The only payload of a kind, or none; several are an error. */
    public <P extends Payload> Optional<P> optional(Class<P> kind) throws MalformedMessageException {
        List<P> found = all(kind);
        if (found.size() > 1) {
            throw new MalformedMessageException(found.size() + " " + kind.getSimpleName() + " payloads");
        }
        return found.stream().findFirst();
    }

    /** The body's bytes of the first payload of a kind. */
    public Octets bodyOf(Class<? extends Payload> kind) throws MalformedMessageException {
        for (Part part : parts) {
            if (kind.isInstance(part.payload())) {
                return part.body();
            }
        }
        throw new MalformedMessageException("no " + kind.getSimpleName() + " payload");
    }

    /** The bytes of all payloads after the first, with their generic headers and without padding. */
    public Octets bytesAfterFirst() {
        return Octets.concat(parts.stream().skip(1).map(Part::bytes).toArray(Octets[]::new));
    }
}
