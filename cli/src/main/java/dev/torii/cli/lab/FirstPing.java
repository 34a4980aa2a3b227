package dev.torii.cli.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Pings twenty times a second from before the CPE starts, to see when the first reply comes. */
final class FirstPing implements AutoCloseable {
    private final Process process;
    private final CompletableFuture<Long> replyNanos = new CompletableFuture<>();

    private FirstPing(Process process) {
        this.process = process;
    }

    /** Starts pinging from lic-srv to Compute. */
    static FirstPing start(Namespaces namespaces) {
        try {
            var process = new ProcessBuilder(namespaces.inside("lic", List.of("ping", "-n", "-i", "0.05", Topology.COMPUTE)))
                    .redirectErrorStream(true).start();
            var ping = new FirstPing(process);
            Thread.ofPlatform().daemon().name("lab-first-ping").start(ping::read);
            return ping;
        } catch (IOException e) {
            throw new LabFailure("cannot run ping: " + e.getMessage(), e);
        }
    }

    /** {@link System#nanoTime} of the first reply. */
    long await(Duration limit) {
        try {
            return replyNanos.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new LabFailure("no ping from lic-srv reached Compute within " + limit.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new LabFailure("ping ended: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }

    private void read() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.contains("bytes from")) replyNanos.complete(System.nanoTime());
            }
            replyNanos.completeExceptionally(new IOException("no reply"));
        } catch (IOException e) {
            replyNanos.completeExceptionally(e);
        }
    }
}
