package dev.torii.bgp.wire;

/** Bytes that end the session: carries the NOTIFICATION that RFC 4271 section 6 asks for. */
public final class BgpDecodeException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient NotificationMessage notification;

    public BgpDecodeException(int code, int subcode, Octets data, String message) {
        super(message, null, false, false);                     // a peer can cause many of these: no stack trace
        this.notification = new NotificationMessage(code, subcode, data);
    }

    public BgpDecodeException(int code, int subcode, String message) { this(code, subcode, Octets.EMPTY, message); }

    public NotificationMessage notification() { return notification; }
}
