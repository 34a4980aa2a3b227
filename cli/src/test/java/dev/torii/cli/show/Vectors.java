package dev.torii.cli.show;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Output of other programs, kept as resources. */
final class Vectors {
    private Vectors() {}

    /** What FRR 8.4.4 printed; the directory's README says of what. */
    static String frr(String name) {
        return read("/frr-8.4.4/" + name);
    }

    static String read(String resource) {
        try (var in = Vectors.class.getResourceAsStream(resource)) {
            if (in == null) throw new IOException("no resource " + resource);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
