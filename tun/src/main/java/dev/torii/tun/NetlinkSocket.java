package dev.torii.tun;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;

/**
 * A conversation with the kernel's rtnetlink: one request, its answer. It belongs to the network namespace of the thread that opened it, and to one
 * thread at a time.
 */
public final class NetlinkSocket implements AutoCloseable {
    private static final int NETLINK_ROUTE = 0;
    private static final int SO_RCVTIMEO = 20;
    private static final int ANSWER_SECONDS = 10;
    private static final int BUFFER = 256 * 1024;
    private static final int SOCKADDR_NL = 12;
    /** So few that all their answers fit into the socket's receive buffer, should all fail. */
    private static final int TOGETHER = 100;
    private static final int LARGEST_REQUEST = 64 * 1024;
    private static final int DUMP_TRIES = 10;

    private final Scratch out = new Scratch(BUFFER);
    private final Scratch in = new Scratch(BUFFER);
    private int fd;
    private int sequence;

    private NetlinkSocket(int fd) {
        this.fd = fd;
    }

    /** Opens a socket of the calling thread's network namespace. Listing needs no privilege, changing needs CAP_NET_ADMIN. */
    public static NetlinkSocket open() throws ErrnoException {
        int fd = open(0);
        var option = new Scratch(16);
        option.bytes.putInt(0, 1);
        LibC.setsockopt(fd, LibC.SOL_NETLINK, LibC.NETLINK_EXT_ACK, option.address, Integer.BYTES);   // only for better messages
        option.bytes.putLong(0, ANSWER_SECONDS).putLong(8, 0);
        LibC.setsockopt(fd, LibC.SOL_SOCKET, SO_RCVTIMEO, option.address, 16);                        // the kernel answers at once
        return new NetlinkSocket(fd);
    }

    /** A bound rtnetlink descriptor that hears the given groups (a mask of RTMGRP_*). */
    static int open(int groups) throws ErrnoException {
        int fd = LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, NETLINK_ROUTE);
        if (fd < 0) throw new ErrnoException("open a netlink socket", LibC.errno());
        var address = new Scratch(SOCKADDR_NL);
        address.bytes.putShort(0, (short) LibC.AF_NETLINK).putInt(8, groups);
        if (LibC.bind(fd, address.address, SOCKADDR_NL) < 0) {
            int errno = LibC.errno();
            LibC.close(fd);
            throw new ErrnoException("bind a netlink socket", errno);
        }
        return fd;
    }

    /**
     * Has the kernel do something.
     *
     * @param operation for the message of the exception
     */
    void request(String operation, int type, int flags, Consumer<ByteBuffer> body) throws IOException {
        send(operation, type, flags | NetlinkCodec.NLM_F_ACK, body);
        while (true) {
            for (NetlinkMessage message : receive(operation)) {
                if (message.sequence() != sequence || !(message.body() instanceof NetlinkMessage.Answer answer)) continue;
                if (answer.errno() != 0) throw new ErrnoException(operation, answer.errno(), answer.detail());
                return;
            }
        }
    }

    /**
     * Has the kernel do many things of a kind, each whatever becomes of the others, in few system calls.
     *
     * @param operation what the thing of that number is, for the message of an exception
     * @param body      writes that thing's message
     * @return what failed, by its number
     */
    Map<Integer, ErrnoException> requestAll(IntFunction<String> operation, int type, int flags, int count, ObjIntConsumer<ByteBuffer> body) throws IOException {
        var failures = new HashMap<Integer, ErrnoException>();
        for (int next = 0; next < count; ) {
            int from = next;
            int first = sequence + 1;
            int start = 0;
            out.bytes.clear();
            while (next < count && next - from < TOGETHER && out.bytes.remaining() > LARGEST_REQUEST) {
                int number = next++;
                start = out.bytes.position();
                NetlinkCodec.encode(type, flags | NetlinkCodec.NLM_F_REQUEST, ++sequence, message -> body.accept(message, number), out.bytes);
                out.bytes.position(Attributes.align(out.bytes.position()));
            }
            NetlinkCodec.addFlags(out.bytes, start, NetlinkCodec.NLM_F_ACK);        // only the last is answered whatever comes of it
            int last = next - 1;
            if (fd < 0) throw new IOException(operation.apply(from) + ": the netlink socket is closed");
            if (LibC.sendto(fd, out.address, out.bytes.position(), 0, 0, 0) < 0) throw new ErrnoException(operation.apply(from), LibC.errno());
            boolean done = false;
            while (!done) {
                for (NetlinkMessage message : receive(operation.apply(from))) {
                    int number = from + message.sequence() - first;
                    if (number < from || number > last || !(message.body() instanceof NetlinkMessage.Answer answer)) continue;
                    if (answer.errno() != 0) failures.put(number, new ErrnoException(operation.apply(number), answer.errno(), answer.detail()));
                    done |= number == last;                                         // they are carried out in order
                }
            }
        }
        return failures;
    }

    /** Lists something, again if it changed in the meantime. */
    List<NetlinkEvent> dump(String operation, int type, Consumer<ByteBuffer> body) throws IOException {
        for (int i = 0; i < DUMP_TRIES; i++) {
            var events = new ArrayList<NetlinkEvent>();
            send(operation, type, NetlinkCodec.NLM_F_DUMP, body);
            if (collect(operation, events)) return events;
        }
        throw new IOException(operation + ": it changed " + DUMP_TRIES + " times while being read");
    }

    /** Collects a listing up to its end; false if it was interrupted. */
    private boolean collect(String operation, List<NetlinkEvent> events) throws IOException {
        boolean whole = true;
        while (true) {
            for (NetlinkMessage message : receive(operation)) {
                if (message.sequence() != sequence) continue;   // the rest of a listing given up
                whole &= !message.interrupted();
                switch (message.body()) {
                    case NetlinkMessage.Told told -> events.add(told.event());
                    case NetlinkMessage.Answer answer -> throw new ErrnoException(operation, answer.errno(), answer.detail());
                    case NetlinkMessage.Done done when done.errno() != 0 -> throw new ErrnoException(operation, done.errno());
                    case NetlinkMessage.Done done -> {
                        return whole;
                    }
                    case NetlinkMessage.Unknown unknown -> { }
                }
            }
        }
    }

    private void send(String operation, int type, int flags, Consumer<ByteBuffer> body) throws IOException {
        if (fd < 0) throw new IOException(operation + ": the netlink socket is closed");
        sequence++;
        NetlinkCodec.encode(type, flags | NetlinkCodec.NLM_F_REQUEST, sequence, body, out.bytes.clear());
        if (LibC.sendto(fd, out.address, out.bytes.position(), 0, 0, 0) < 0) throw new ErrnoException(operation, LibC.errno());
    }

    private List<NetlinkMessage> receive(String operation) throws IOException {
        return receive(operation, fd, in, 0);
    }

    /** Receives one datagram and reads its messages. */
    static List<NetlinkMessage> receive(String operation, int fd, Scratch in, int flags) throws IOException {
        while (true) {
            long length = LibC.recv(fd, in.address, in.bytes.capacity(), flags | LibC.MSG_TRUNC);
            if (length > in.bytes.capacity()) throw new MalformedNetlinkException("datagram of " + length + " octets");
            if (length >= 0) return NetlinkCodec.decode(in.bytes.clear().limit((int) length));
            int errno = LibC.errno();
            if (errno != Errno.EINTR) throw new ErrnoException(operation + ": read the answer", errno);
        }
    }

    @Override
    public void close() {
        int closing = fd;
        fd = -1;
        if (closing >= 0) LibC.close(closing);
    }
}
