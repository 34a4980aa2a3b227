package dev.torii.bgp.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** RFC 4271 section 4.5: the last message of a connection. */
public record NotificationMessage(int code, int subcode, Octets data) implements BgpMessage {
    public static NotificationMessage of(int code, int subcode) { return new NotificationMessage(code, subcode, Octets.EMPTY); }

    /** Like {@code Cease/Administrative Shutdown (6/2)}, with the words of whoever shut it down, if they came along (RFC 9003). */
    public String text() {
        String words = communication();
        return Iana.errorText(code, subcode) + " (" + code + "/" + subcode + ")" + (words.isEmpty() ? "" : " \"" + words + "\"");
    }

    /** RFC 9003 section 2: what an operator had to say, on one line; empty if nothing, or nothing that can be read. */
    public String communication() {
        boolean carries = code == Iana.CEASE && (subcode == Iana.CEASE_SHUTDOWN || subcode == Iana.CEASE_RESET);
        if (!carries || data.length() == 0) return "";
        ByteBuffer in = data.toBuffer();
        int length = Byte.toUnsignedInt(in.get());
        if (length > in.remaining()) return "";
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(in.limit(in.position() + length)).toString().replaceAll("\\p{C}", " ").strip();
        } catch (CharacterCodingException e) {
            return "";                                                              // section 4: the session ends all the same
        }
    }
}
