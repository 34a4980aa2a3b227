package dev.torii.ike.v1;

import dev.torii.ike.IkeException;

/** A message that parses but asks for what we do not want; the peer is told {@link #notifyType()}. */
final class Refusal extends IkeException {
    private static final long serialVersionUID = 1L;

    private final int notifyType;

    Refusal(int notifyType, String cause) {
        super(cause);
        this.notifyType = notifyType;
    }

    int notifyType() {
        return notifyType;
    }
}
