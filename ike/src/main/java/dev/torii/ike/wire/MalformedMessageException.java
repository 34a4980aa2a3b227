package dev.torii.ike.wire;

import dev.torii.ike.IkeException;

/** Bytes that are not what they say they are. Bears the notify type a peer may be told (RFC 2408, section 3.14.1). */
public final class MalformedMessageException extends IkeException {
    private static final long serialVersionUID = 1L;

    private final int notifyType;

    /** With {@link NotifyType#PAYLOAD_MALFORMED}. */
    public MalformedMessageException(String message) {
        this(NotifyType.PAYLOAD_MALFORMED, message);
    }

    /** With a notify type of its own. */
    public MalformedMessageException(int notifyType, String message) {
        super(message);
        this.notifyType = notifyType;
    }

    /** What a peer may be told. */
    public int notifyType() {
        return notifyType;
    }
}
