package dev.torii.tun;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Addresses, packets and the `ip` command for tests. */
final class Ip {
    static final int UDP = 17;
    static final int ICMP = 1;

    private Ip() {}

    static InetAddress ip(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An ICMP echo request (RFC 792) in an IPv4 header. */
    static ByteBuffer echoRequest(InetAddress from, InetAddress to, int sequence) {
        ByteBuffer packet = ByteBuffer.allocate(128);
        packet.put((byte) 0x45).put((byte) 0).putShort((short) 28).putInt(0).put((byte) 64).put((byte) ICMP).putShort((short) 0);
        packet.put(from.getAddress()).put(to.getAddress());
        packet.putShort(10, checksum(packet, 0, 20));
        packet.put((byte) 8).put((byte) 0).putShort((short) 0).putShort((short) 77).putShort((short) sequence);
        packet.putShort(22, checksum(packet, 20, 8));
        return packet.flip();
    }

    /** RFC 1071. */
    private static short checksum(ByteBuffer packet, int from, int length) {
        int sum = 0;
        for (int i = from; i < from + length; i += 2) sum += Short.toUnsignedInt(packet.getShort(i));
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (short) ~sum;
    }

    /** Runs `ip` in the calling thread's namespace and gives what it prints; without iproute2 the test is skipped from here on. */
    static String run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException missing) {
            Assumptions.abort("iproute2 is not installed: " + missing.getMessage());
            throw missing;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(5, TimeUnit.SECONDS) || process.exitValue() != 0) throw new IOException(String.join(" ", command) + ": " + output);
        return output.replaceAll("[ \\t]+", " ").replaceAll(" ?\\n ?", "\n").strip();
    }
}
