package dev.torii.tun;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Netlink messages (netlink(7)), bytes to records and back, in the byte order of the buffer given. Stateless. */
final class NetlinkCodec {
    static final int NLM_F_REQUEST = 0x001;
    static final int NLM_F_ACK = 0x004;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_REPLACE = 0x100;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_CREATE = 0x400;

    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWROUTE = 24;
    static final int RTM_DELROUTE = 25;
    static final int RTM_GETROUTE = 26;

    private static final int HEADER = 16;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_DUMP_INTR = 0x010;
    private static final int NLM_F_CAPPED = 0x100;          // in an answer: the request is quoted without its body
    private static final int NLM_F_ACK_TLVS = 0x200;        // in an answer: attributes follow
    private static final int NLMSGERR_ATTR_MSG = 1;

    private NetlinkCodec() {}

    /** Writes a request: header, then what {@code body} writes. */
    static void encode(int type, int flags, int sequence, Consumer<ByteBuffer> body, ByteBuffer out) {
        int start = out.position();
        out.putInt(0).putShort((short) type).putShort((short) flags).putInt(sequence).putInt(0);
        body.accept(out);
        out.putInt(start, out.position() - start);
    }

    /** Adds flags to the message that begins there. */
    static void addFlags(ByteBuffer out, int start, int flags) {
        out.putShort(start + 6, (short) (out.getShort(start + 6) | flags));
    }

    /** Reads all messages of one datagram. */
    static List<NetlinkMessage> decode(ByteBuffer in) throws MalformedNetlinkException {
        var messages = new ArrayList<NetlinkMessage>();
        try {
            while (in.hasRemaining()) {
                int start = in.position();
                int length = in.getInt();
                int type = Short.toUnsignedInt(in.getShort());
                int flags = Short.toUnsignedInt(in.getShort());
                int sequence = in.getInt();
                if (length < HEADER || length > in.limit() - start) throw new MalformedNetlinkException("length " + length);
                ByteBuffer body = Attributes.view(in, start + HEADER, length - HEADER);
                messages.add(new NetlinkMessage(sequence, (flags & NLM_F_DUMP_INTR) != 0, decodeBody(type, flags, body)));
                in.position(Math.min(start + Attributes.align(length), in.limit()));
            }
        } catch (BufferUnderflowException cut) {
            throw new MalformedNetlinkException("cut short");
        }
        return messages;
    }

    private static NetlinkMessage.Body decodeBody(int type, int flags, ByteBuffer body) throws MalformedNetlinkException {
        return switch (type) {
            case NLMSG_ERROR -> answer(flags, body);
            case NLMSG_DONE -> new NetlinkMessage.Done(body.remaining() >= Integer.BYTES ? -body.getInt() : 0);
            case RTM_NEWLINK -> told(type, LinkCodec.decodeLink(body).map(NetlinkEvent.LinkChanged::new));
            case RTM_DELLINK -> told(type, LinkCodec.decodeLink(body).map(NetlinkEvent.LinkRemoved::new));
            case RTM_NEWADDR -> told(type, LinkCodec.decodeAddress(body).map(NetlinkEvent.AddressAdded::new));
            case RTM_DELADDR -> told(type, LinkCodec.decodeAddress(body).map(NetlinkEvent.AddressRemoved::new));
            case RTM_NEWROUTE -> told(type, RouteCodec.decode(body).map(NetlinkEvent.RouteChanged::new));
            case RTM_DELROUTE -> told(type, RouteCodec.decode(body).map(NetlinkEvent.RouteRemoved::new));
            default -> new NetlinkMessage.Unknown(type);
        };
    }

    private static NetlinkMessage.Body told(int type, Optional<? extends NetlinkEvent> event) {
        return event.<NetlinkMessage.Body>map(NetlinkMessage.Told::new).orElseGet(() -> new NetlinkMessage.Unknown(type));
    }

    private static NetlinkMessage.Answer answer(int flags, ByteBuffer body) throws MalformedNetlinkException {
        int errno = -body.getInt();
        String detail = "";
        if ((flags & NLM_F_ACK_TLVS) != 0) {
            int quoted = (flags & NLM_F_CAPPED) != 0 ? HEADER : Attributes.align(body.getInt(body.position()));
            if (quoted < HEADER || quoted > body.remaining()) throw new MalformedNetlinkException("quoted request of length " + quoted);
            ByteBuffer message = Attributes.read(body.position(body.position() + quoted)).get(NLMSGERR_ATTR_MSG);
            if (message != null) detail = Attributes.readText(message);
        }
        return new NetlinkMessage.Answer(errno, detail);
    }
}
