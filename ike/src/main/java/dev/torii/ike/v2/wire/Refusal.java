package dev.torii.ike.v2.wire;

import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;

/** A message that is malformed or asks for what we do not want; a peer that may be answered is told {@link #notifyType()}. */
public final class Refusal extends IkeException {
    private static final long serialVersionUID = 1L;

    private final int notifyType;
    private final transient Octets data;
    private final transient Octets spi;

    /** With the cause in words. */
    public Refusal(int notifyType, String cause) {
        this(notifyType, Octets.EMPTY, cause);
    }

    /** With the notification's data, for example the group that is wanted. */
    public Refusal(int notifyType, Octets data, String cause) {
        this(notifyType, data, Octets.EMPTY, cause);
    }

    private Refusal(int notifyType, Octets data, Octets spi, String cause) {
        super(cause);
        this.spi = spi;
        this.notifyType = notifyType;
        this.data = data;
    }

    /** INVALID_SYNTAX. */
    public static Refusal syntax(String cause) {
        return new Refusal(NotifyType.INVALID_SYNTAX, cause);
    }

    /** See {@link NotifyType}. */
    public int notifyType() {
        return notifyType;
    }

    /** About an ESP SA. @param spi of that SA, as the peer named it */
    public static Refusal ofChild(int notifyType, Octets spi, String cause) {
        return new Refusal(notifyType, Octets.EMPTY, spi, cause);
    }

    /** The payload that says so. */
    public Payload.Notify payload() {
        return spi.length() == 0 ? Payload.Notify.of(notifyType, data) : new Payload.Notify(Payload.PROTOCOL_ESP, spi, notifyType, data);
    }
}
