package dev.torii.cli.rib;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The record, in the run directory, of the kernel routes that would outlive us: each is written down before it is made, and struck out after it is gone, so
 * that a start after SIGKILL can remove exactly those. Routes over our TUNs need no record, the kernel drops them with the interface.
 *
 * <p>The file is a log of {@code + prefix} and {@code - prefix} lines, begun anew at each start. A line cut short by a crash is ignored: its route was not
 * made.
 */
public final class OwnedRoutes {
    private final Path file;

    private OwnedRoutes(Path file) {
        this.file = file;
    }

    /** One recorded route: its destination. Protocol and metric are ours and constant. */
    public record Destination(InetAddress address, int prefixLength) {
        @Override
        public String toString() {
            return address.getHostAddress() + "/" + prefixLength;
        }

        static Destination parse(String text) throws IOException {
            int slash = text.indexOf('/');
            if (slash < 0) throw new IOException("not a prefix: " + text);
            try {
                return new Destination(InetAddress.getByName(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
            } catch (UnknownHostException | NumberFormatException e) {
                throw new IOException("not a prefix: " + text, e);
            }
        }
    }

    /** The record in {@code runDirectory}, which may have been left by a daemon that was killed. */
    public static OwnedRoutes in(Path runDirectory) {
        return new OwnedRoutes(runDirectory.resolve("routes"));
    }

    /** What a killed daemon left in the record; empty after a clean stop. */
    public Set<Destination> left() throws IOException {
        var left = new LinkedHashSet<Destination>();
        if (!Files.exists(file)) return left;
        String text = Files.readString(file);
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
            if (line.startsWith("+ ")) left.add(Destination.parse(line.substring(2)));
            else if (line.startsWith("- ")) left.remove(Destination.parse(line.substring(2)));
        }
        return left;
    }

    /** Begins the record anew with nothing in it. */
    public void clear() throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, "");
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Writes down a route that is about to be made. */
    public void adding(List<Destination> routes) throws IOException {
        append("+ ", routes);
    }

    /** Strikes out routes that are gone. */
    public void removed(List<Destination> routes) throws IOException {
        append("- ", routes);
    }

    private void append(String sign, List<Destination> routes) throws IOException {
        if (routes.isEmpty()) return;
        var lines = new StringBuilder();
        for (var route : routes) lines.append(sign).append(route).append('\n');
        Files.writeString(file, lines, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
