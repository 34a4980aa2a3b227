package dev.torii.bgp.wire;

import static dev.torii.bgp.wire.Iana.BAD_LENGTH;
import static dev.torii.bgp.wire.Iana.BAD_TYPE;
import static dev.torii.bgp.wire.Iana.HEADER_ERROR;
import static dev.torii.bgp.wire.Iana.NOT_SYNCHRONIZED;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Messages and bytes, RFC 4271 section 4. Stateless. */
public final class BgpCodec {
    public static final int HEADER = 19;
    public static final int MAX_MESSAGE = 4096;

    private static final int ROUTE_REFRESH_LENGTH = HEADER + 4;
    private static final int TYPE_OFFSET = 18, LENGTH_OFFSET = 16;

    private BgpCodec() {}

    /** A message, and what was wrong with an UPDATE's attributes without ending the session. */
    public record Decoded(BgpMessage message, AttributeOutcome outcome) {}

    /** Reads one whole message as {@link MessageSplitter} gives it. */
    public static Decoded decode(ByteBuffer message, DecodeContext context) throws BgpDecodeException {
        checkHeader(message);
        int type = Byte.toUnsignedInt(message.get(message.position() + TYPE_OFFSET));
        var body = message.slice(message.position() + HEADER, message.remaining() - HEADER);
        try {
            return switch (type) {
                case Iana.OPEN -> ok(OpenCodec.decode(body));
                case Iana.UPDATE -> UpdateCodec.decode(body, context);
                case Iana.NOTIFICATION -> ok(new NotificationMessage(Byte.toUnsignedInt(body.get()), Byte.toUnsignedInt(body.get()), Octets.rest(body)));
                case Iana.KEEPALIVE -> ok(new BgpMessage.Keepalive());
                case Iana.ROUTE_REFRESH -> ok(routeRefresh(message, body));
                default -> throw new AssertionError("checkHeader let type " + type + " pass");
            };
        } catch (BufferUnderflowException | IndexOutOfBoundsException e) {     // the codecs check; this is the net below them
            int code = type == Iana.OPEN ? Iana.OPEN_ERROR : Iana.UPDATE_ERROR;
            throw new BgpDecodeException(code, type == Iana.OPEN ? 0 : Iana.MALFORMED_ATTRIBUTE_LIST, "message cut short");
        }
    }

    /** Whole message with header, ready to be read. */
    public static ByteBuffer encode(BgpMessage message, DecodeContext context) {
        var out = ByteBuffer.allocate(MAX_MESSAGE);
        startMessage(out, type(message));
        body(message, context, out);
        endMessage(out, 0);
        return out.flip();
    }

    /** One more message for the batch. */
    public static void write(BgpMessage message, DecodeContext context, MessageBatch batch) {
        body(message, context, batch.start(type(message)));
        batch.end();
    }

    private static void body(BgpMessage message, DecodeContext context, ByteBuffer out) {
        switch (message) {
            case OpenMessage open -> OpenCodec.encode(open, out);
            case UpdateMessage update -> UpdateCodec.encode(update, context, out);
            case NotificationMessage notification -> {
                out.put((byte) notification.code()).put((byte) notification.subcode());
                notification.data().writeTo(out);
            }
            case BgpMessage.Keepalive keepalive -> { }
            case BgpMessage.RouteRefresh refresh ->
                out.putShort((short) refresh.family().afi()).put((byte) refresh.subtype()).put((byte) refresh.family().safi());
        }
    }

    private static int type(BgpMessage message) {
        return switch (message) {
            case OpenMessage open -> Iana.OPEN;
            case UpdateMessage update -> Iana.UPDATE;
            case NotificationMessage notification -> Iana.NOTIFICATION;
            case BgpMessage.Keepalive keepalive -> Iana.KEEPALIVE;
            case BgpMessage.RouteRefresh refresh -> Iana.ROUTE_REFRESH;
        };
    }

    static void startMessage(ByteBuffer out, int type) {
        out.putLong(-1).putLong(-1).putShort((short) 0).put((byte) type);
    }

    static void endMessage(ByteBuffer out, int start) { out.putShort(start + LENGTH_OFFSET, (short) (out.position() - start)); }

    /** RFC 4271 section 6.1, at {@code in}'s position; at least {@link #HEADER} bytes. Returns the message's length. */
    static int checkHeader(ByteBuffer in) throws BgpDecodeException {
        int at = in.position();
        if (in.getLong(at) != -1 || in.getLong(at + 8) != -1)
            throw new BgpDecodeException(HEADER_ERROR, NOT_SYNCHRONIZED, "bad marker");
        int length = Short.toUnsignedInt(in.getShort(at + LENGTH_OFFSET));
        int type = Byte.toUnsignedInt(in.get(at + TYPE_OFFSET));
        if (length < HEADER || length > MAX_MESSAGE) throw badLength(length, type);
        boolean fits = switch (type) {
            case Iana.OPEN -> length >= 29;
            case Iana.UPDATE -> length >= 23;
            case Iana.NOTIFICATION -> length >= 21;
            case Iana.KEEPALIVE -> length == HEADER;
            case Iana.ROUTE_REFRESH -> length >= ROUTE_REFRESH_LENGTH;          // which answer a longer one gets, its subtype says
            default -> throw new BgpDecodeException(HEADER_ERROR, BAD_TYPE, Octets.of((byte) type), "message type " + type);
        };
        if (!fits) throw badLength(length, type);
        return length;
    }

    private static BgpDecodeException badLength(int length, int type) {
        return new BgpDecodeException(HEADER_ERROR, BAD_LENGTH, Octets.of((byte) (length >> 8), (byte) length), "length " + length + " of message type " + type);
    }

    private static BgpMessage.RouteRefresh routeRefresh(ByteBuffer message, ByteBuffer body) throws BgpDecodeException {
        int afi = Short.toUnsignedInt(body.getShort());
        int subtype = Byte.toUnsignedInt(body.get());
        var refresh = new BgpMessage.RouteRefresh(new AddressFamily(afi, Byte.toUnsignedInt(body.get())), subtype);
        if (!body.hasRemaining()) return refresh;
        if (subtype != BgpMessage.RouteRefresh.BEGIN && subtype != BgpMessage.RouteRefresh.END) throw badLength(message.remaining(), Iana.ROUTE_REFRESH);
        throw new BgpDecodeException(Iana.ROUTE_REFRESH_ERROR, Iana.INVALID_MESSAGE_LENGTH, Octets.next(message.duplicate(), Math.min(message.remaining(), MAX_MESSAGE - HEADER - 2)), "marker of a route refresh of "
                + message.remaining() + " octets");                                     // RFC 7313 section 5
    }

    private static Decoded ok(BgpMessage message) { return new Decoded(message, AttributeOutcome.OK); }
}
