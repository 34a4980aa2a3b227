package dev.torii.bgp.wire;

/** RFC 4271 section 4.5: the last message of a connection. */
public record NotificationMessage(int code, int subcode, Octets data) implements BgpMessage {
    public static NotificationMessage of(int code, int subcode) { return new NotificationMessage(code, subcode, Octets.EMPTY); }

    /** Like {@code Cease/Administrative Shutdown (6/2)}. */
    public String text() { return Iana.errorText(code, subcode) + " (" + code + "/" + subcode + ")"; }
}
