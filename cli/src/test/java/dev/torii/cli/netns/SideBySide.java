package dev.torii.cli.netns;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Runs what mostly waits at the same time: each part in a network of its own. */
final class SideBySide {
    private SideBySide() {}

    /** A part of a test. */
    interface Part {
        void run() throws Exception;
    }

    /** Runs all of them to their ends, and fails as the first that fails; the others' failures are with it. */
    static void run(List<Part> parts) throws InterruptedException {
        var tasks = new ArrayList<FutureTask<Void>>();
        for (var part : parts) {
            var task = new FutureTask<Void>(() -> {
                part.run();
                return null;
            });
            tasks.add(task);
            Thread.ofPlatform().daemon().name("part-" + tasks.size()).start(task);
        }
        var failed = new AssertionError("not all parts passed");
        for (var task : tasks) {
            try {
                task.get();
            } catch (ExecutionException e) {
                failed.addSuppressed(e.getCause());
            }
        }
        if (failed.getSuppressed().length == 1) throw new AssertionError(failed.getSuppressed()[0].getMessage(), failed.getSuppressed()[0]);
        if (failed.getSuppressed().length > 1) throw failed;
    }
}
