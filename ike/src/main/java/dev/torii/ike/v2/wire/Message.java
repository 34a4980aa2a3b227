package dev.torii.ike.v2.wire;

import dev.torii.ike.wire.IkeHeader;
import java.util.List;
import java.util.Optional;

/**
 * A decoded message whose payloads are readable (plain or decrypted).
 *
 * @param header as received
 * @param payloads in the order of the wire
 */
public record Message(IkeHeader header, List<Payload> payloads) {
    /** Copies the list. */
    public Message {
        payloads = List.copyOf(payloads);
    }

    /** All payloads of a kind. */
    public <P extends Payload> List<P> all(Class<P> kind) {
        return payloads.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The only payload of a kind; none or several are an error. */
    public <P extends Payload> P the(Class<P> kind) throws Refusal {
        return optional(kind).orElseThrow(() -> Refusal.syntax("no " + kind.getSimpleName() + " payload"));
    }

    /** The only payload of a kind, or none; several are an error. */
    public <P extends Payload> Optional<P> optional(Class<P> kind) throws Refusal {
        List<P> found = all(kind);
        if (found.size() > 1) {
            throw Refusal.syntax(found.size() + " " + kind.getSimpleName() + " payloads");
        }
        return found.stream().findFirst();
    }

    /** The first notification of a type. */
    public Optional<Payload.Notify> notify(int type) {
        return all(Payload.Notify.class).stream().filter(notify -> notify.notifyType() == type).findFirst();
    }

    /** The first notification that says that something failed. */
    public Optional<Payload.Notify> error() {
        return all(Payload.Notify.class).stream().filter(Payload.Notify::error).findFirst();
    }
}
