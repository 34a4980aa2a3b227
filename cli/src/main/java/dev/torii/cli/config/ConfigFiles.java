package dev.torii.cli.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files below one root. Each real path is given out once, however it is reached. */
public final class ConfigFiles {
    /** Nothing that a person writes is larger; it keeps an include of a device from filling the memory. */
    private static final long MAX_BYTES = 4 << 20;

    private final Path root;
    private final Diagnostics diagnostics;
    private final Set<Path> given = new HashSet<>();
    private final List<Path> open = new ArrayList<>();

    /** Errors of reading go to {@code diagnostics}. */
    public ConfigFiles(Path root, Diagnostics diagnostics) {
        this.root = root;
        this.diagnostics = diagnostics;
    }

    /** The same files, to be read once more, with errors to {@code others}. */
    public ConfigFiles again(Diagnostics others) { return new ConfigFiles(root, others); }

    /** What changes when a file does. @param key says which file of the file system it is */
    public record State(FileTime changed, long bytes, Optional<Object> key) {}

    /** The states of the files that match a pattern of the shell, by name; of one that cannot be looked at there is none. */
    public Map<String, State> states(String pattern) {
        var states = new TreeMap<String, State>();
        for (String name : again(new Diagnostics()).glob(pattern)) {
            try {
                var attributes = Files.readAttributes(path(name), BasicFileAttributes.class);
                states.put(name, new State(attributes.lastModifiedTime(), attributes.size(), Optional.ofNullable(attributes.fileKey())));
            } catch (IOException gone) {
                continue;
            }
        }
        return states;
    }

    /** What to do with a file that was found. */
    public interface Reader {
        /** Called once for each file; may include others. */
        void read(SourceFile file);
    }

    /** Whether there is something of that name. */
    public boolean exists(String name) { return Files.exists(path(name)); }

    /** Whether everybody on the host may read it. */
    public boolean worldReadable(String name) {
        try {
            return Files.getPosixFilePermissions(path(name)).contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    /** The names that match a pattern of the shell, sorted as the shell sorts; a pattern without wildcards is itself, there or not. */
    public List<String> glob(String pattern) {
        if (!hasWildcard(pattern)) return List.of(pattern);
        List<String> found = List.of("/");
        for (String part : pattern.substring(1).split("/+")) {
            var next = new ArrayList<String>();
            for (String directory : found) next.addAll(children(directory, part));
            found = next;
        }
        return found.stream().filter(name -> !Files.isDirectory(path(name))).sorted().toList();
    }

    /** Whether {@link #glob} may find any number of files. */
    public static boolean hasWildcard(String pattern) { return pattern.chars().anyMatch(c -> c == '*' || c == '?' || c == '['); }

    /**
     * Hands a file to {@code reader} unless it has been given out before. An include of a file that is being read is an error at {@code from}.
     *
     * @param from where it is included, or nothing for a file that is read by itself
     */
    public void read(String name, Optional<Position> from, Reader reader) {
        var at = from.orElse(new Position(name, 1, 1));
        Path real;
        String text;
        Charset charset;
        try {
            real = path(name).toRealPath();
            if (open.contains(real)) {
                diagnostics.error(at, "include loop: " + name + " is being read already", "remove this include");
                return;
            }
            if (!given.add(real)) return;
            if (!Files.isRegularFile(real)) {
                diagnostics.error(at, name + " is not a file", "put a file there, or remove it");
                return;
            }
            if (Files.size(real) > MAX_BYTES) {
                diagnostics.error(at, name + " is larger than " + (MAX_BYTES >> 20) + " MiB", "this cannot be a configuration file: remove it");
                return;
            }
            byte[] bytes = Files.readAllBytes(real);
            charset = charset(bytes);
            text = new String(bytes, charset);
        } catch (IOException e) {
            diagnostics.error(at, name + " cannot be read: " + why(e), "let root read it (chown root, chmod 600), or remove it");
            return;
        }
        open.add(real);
        try {
            reader.read(new SourceFile(name, lines(text), charset));
        } finally {
            open.removeLast();
        }
    }

    /** The bytes of a file that is no text; empty after an error at {@code from}. The caller may wipe them. */
    public Optional<byte[]> bytes(String name, Position from) {
        try {
            Path real = path(name).toRealPath();
            if (Files.isRegularFile(real) && Files.size(real) <= MAX_BYTES) return Optional.of(Files.readAllBytes(real));
            diagnostics.error(from, name + " is not a file of a reasonable size", "put the file there");
        } catch (IOException e) {
            diagnostics.error(from, name + " cannot be read: " + why(e), "let root read it (chown root, chmod 600)");
        }
        return Optional.empty();
    }

    private static String why(IOException e) { return e instanceof AccessDeniedException ? "permission denied" : e.getClass().getSimpleName(); }

    private Path path(String name) { return root.resolve(name.substring(1)); }

    private List<String> children(String directory, String part) {
        String prefix = directory.endsWith("/") ? directory : directory + "/";
        if (!hasWildcard(part)) return exists(prefix + part) ? List.of(prefix + part) : List.of();
        // the shell's braces are no wildcards in ipsec.conf
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + part.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}"));
        Path path = path(prefix);
        if (!Files.isDirectory(path)) return List.of();
        try (Stream<Path> entries = Files.list(path)) {
            return entries.map(Path::getFileName)
                    .filter(name -> matcher.matches(name) && (part.startsWith(".") || !name.toString().startsWith(".")))
                    .map(name -> prefix + name).toList();
        } catch (IOException e) {
            diagnostics.error(new Position(directory, 1, 1), directory + " cannot be listed", "let root read it");
            return List.of();
        }
    }

    /** Old files may be in Latin-1; a secret must come out as the bytes that are there. */
    private static Charset charset(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return StandardCharsets.UTF_8;
        } catch (CharacterCodingException notUtf8) {
            return StandardCharsets.ISO_8859_1;
        }
    }

    private static List<String> lines(String text) {
        String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return body.lines().toList();
    }
}
