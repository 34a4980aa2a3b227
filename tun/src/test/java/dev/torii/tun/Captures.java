package dev.torii.tun;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Messages captured between iproute2 and the kernel; where they come from is in the file's first lines. */
final class Captures {
    private static final String FILE = "/vectors/iproute2-6.1.0-linux-6.18.txt";
    private static final Map<String, String> BY_NAME = read();

    private Captures() {}

    static byte[] octets(String name) {
        return HexFormat.of().parseHex(Objects.requireNonNull(BY_NAME.get(name), name));
    }

    static ByteBuffer buffer(String name) {
        return ByteBuffer.wrap(octets(name)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Map<String, String> read() {
        try (InputStream in = Objects.requireNonNull(Captures.class.getResourceAsStream(FILE), FILE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" = "))
                    .collect(Collectors.toMap(part -> part[0], part -> part[1]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
