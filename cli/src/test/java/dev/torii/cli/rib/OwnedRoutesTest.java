package dev.torii.cli.rib;

import static dev.torii.cli.rib.Hosts.address;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.torii.cli.rib.OwnedRoutes.Destination;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedRoutesTest {
    private static final Destination ONE = new Destination(address("203.0.113.11"), 32);
    private static final Destination TWO = new Destination(address("192.168.2.0"), 24);
    private static final Destination THREE = new Destination(address("2001:db8::"), 48);

    @TempDir
    private Path directory;

    private OwnedRoutes record() {
        return OwnedRoutes.in(directory);
    }

    @Test void nothingIsLeftWhereNothingWas() throws IOException {
        assertEquals(Set.of(), record().left());
    }

    @Test void anotherProcessReadsWhatWasAddedAndNotRemoved() throws IOException {
        record().adding(List.of(ONE, TWO));
        record().adding(List.of(THREE));
        record().removed(List.of(TWO));
        assertEquals(Set.of(ONE, THREE), record().left());
    }

    @Test void aRouteThatWasRemovedAndMadeAgainIsLeft() throws IOException {
        record().adding(List.of(ONE));
        record().removed(List.of(ONE));
        record().adding(List.of(ONE));
        assertEquals(Set.of(ONE), record().left());
    }

    @Test void aLineCutShortByACrashCountsForNothing() throws IOException {
        record().adding(List.of(ONE));
        Files.writeString(directory.resolve("routes"), "+ 192.168.2.0/2", StandardOpenOption.APPEND);
        assertEquals(Set.of(ONE), record().left());
    }

    @Test void clearingBeginsAnew() throws IOException {
        record().adding(List.of(ONE));
        record().clear();
        assertEquals(Set.of(), record().left());
        record().adding(List.of(TWO));
        assertEquals(Set.of(TWO), record().left());
    }

    @Test void aLineThatIsNoPrefixIsSaidSo() throws IOException {
        Files.writeString(directory.resolve("routes"), "+ 192.168.2.0\n");
        assertEquals("not a prefix: 192.168.2.0", assertThrows(IOException.class, record()::left).getMessage());
    }
}
