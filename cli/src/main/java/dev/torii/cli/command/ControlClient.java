package dev.torii.cli.command;

import dev.torii.cli.daemon.ControlSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Asks the running daemon one thing over its control socket and prints the answer. */
final class ControlClient {
    private ControlClient() {}

    /** Sends {@code words}, prints what comes back to {@code out} (failures to {@code err}), and returns the exit code. */
    static int ask(Path runDirectory, List<String> words, PrintWriter out, PrintWriter err) {
        Path socket = runDirectory.resolve(ControlSocket.NAME);
        if (!Files.exists(socket)) {
            err.println("torii: no daemon is running in " + runDirectory + " (start one with `torii run`, or name its directory with --run-dir)");
            return 1;
        }
        String answer;
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap((String.join(" ", words) + "\n").getBytes(StandardCharsets.UTF_8)));
            channel.shutdownOutput();
            var bytes = new ByteArrayOutputStream();
            Channels.newInputStream(channel).transferTo(bytes);
            answer = bytes.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            err.println("torii: the daemon does not answer on " + socket + ": " + e.getMessage() + (Files.isReadable(socket) ? "" : " (are you root?)"));
            return 1;
        }
        int firstLine = answer.indexOf('\n');
        if (firstLine < 0) {
            err.println("torii: the daemon closed the connection without an answer");
            return 1;
        }
        int exitCode = Integer.parseInt(answer.substring(0, firstLine));
        String text = answer.substring(firstLine + 1);
        var writer = exitCode == 0 ? out : err;
        writer.print(text);
        if (!text.isEmpty() && !text.endsWith("\n")) writer.println();
        writer.flush();
        return exitCode;
    }
}
