package dev.torii.cli.netns;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Job;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A tcpdump on an interface of a namespace, and its file read back. */
final class Capture {
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int ETHERNET = 14;
    private static final Pattern COUNTS = Pattern.compile("(\\d+) packets? captured, (\\d+) packets? received by filter");

    private final Job tcpdump;
    private final Path file;

    private Capture(Job tcpdump, Path file) {
        this.tcpdump = tcpdump;
        this.file = file;
    }

    /**
     * Has the kernel cut runs of datagrams (UDP_SEGMENT) before they leave the link, as a device without that offload: a veth passes them whole,
     * and a capture would show the first datagram of each only.
     */
    static void oneDatagramAFrame(Namespaces namespaces, String namespace, String link) {
        namespaces.script(namespace, "ip link set " + link + " gso_max_segs 1").orFail("segmentation off");
    }

    /** Captures from now on: returns when tcpdump listens. */
    static Capture start(Namespaces namespaces, String namespace, String link, Path file, String filter) {
        var command = List.of("tcpdump", "-Z", "root", "--immediate-mode", "-U", "-n", "-i", link, "-w", file.toString(), filter);
        var tcpdump = namespaces.spawn(namespace, "tcpdump-" + namespace, command);
        Await.until("tcpdump listening", Duration.ofSeconds(10), () -> tcpdump.output().contains("listening on"), () -> tcpdump.tail(5));
        return new Capture(tcpdump, file);
    }

    /** Ends the capture and gives its file, with all that was captured until now: what tcpdump has not read yet when it is told to end is lost. */
    Path stop() {
        Await.until("all that was captured in the file", Duration.ofSeconds(20), this::isWritten, () -> tcpdump.tail(3));
        Shell.run(Shell.SHORT, "kill", "-INT", Long.toString(tcpdump.pid())).orFail("ending tcpdump");
        if (!tcpdump.awaitEnd(Duration.ofSeconds(10))) throw new AssertionError("tcpdump does not end");
        return file;
    }

    /** Asks tcpdump for its counts: what the kernel's filter passed and what is written. */
    private boolean isWritten() {
        int told = counts().size();
        Shell.run(Shell.SHORT, "kill", "-USR1", Long.toString(tcpdump.pid())).orFail("asking tcpdump for its counts");
        Await.until("tcpdump's counts", Duration.ofSeconds(10), () -> counts().size() > told, () -> tcpdump.tail(3));
        var last = counts().getLast();
        return last.group(1).equals(last.group(2));
    }

    private List<MatchResult> counts() {
        return COUNTS.matcher(tcpdump.output()).results().toList();
    }

    /** The UDP payloads of a capture of IPv4 over Ethernet, in order. */
    static List<byte[]> udpPayloads(Path file) {
        try {
            var in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            if (in.getInt(0) != 0xa1b2c3d4) throw new AssertionError("not a pcap file of this machine");
            var payloads = new ArrayList<byte[]>();
            for (int at = FILE_HEADER; at + RECORD_HEADER <= in.limit(); ) {
                int length = in.getInt(at + 8);
                int ip = at + RECORD_HEADER + ETHERNET;
                int udp = ip + (in.get(ip) & 0x0f) * 4;
                int udpLength = Short.toUnsignedInt(Short.reverseBytes(in.getShort(udp + 4)));
                var payload = new byte[udpLength - 8];
                in.get(udp + 8, payload);
                payloads.add(payload);
                at += RECORD_HEADER + length;
            }
            return payloads;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
