package dev.torii.cli.netns;

import dev.torii.cli.lab.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides whether a {@link NamespaceTest} can run here, and says at the end of the run which could not and why. */
final class NamespaceCondition implements ExecutionCondition {
    private static final ExtensionContext.Namespace STORE = ExtensionContext.Namespace.create(NamespaceCondition.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        var annotation = AnnotationSupport.findAnnotation(context.getRequiredTestClass(), NamespaceTest.class).orElseThrow();
        var missing = missing(annotation);
        if (missing.isEmpty()) return ConditionEvaluationResult.enabled("root, with all it needs");
        var skipped = context.getRoot().getStore(STORE).getOrComputeIfAbsent(Skipped.class, key -> new Skipped(), Skipped.class);
        skipped.byClass.put(context.getRequiredTestClass().getSimpleName(), missing.get());
        return ConditionEvaluationResult.disabled(missing.get());
    }

    private static Optional<String> missing(NamespaceTest annotation) {
        if (!isRoot()) return Optional.of("not root");
        if (!Files.isWritable(Path.of("/dev/net/tun"))) return Optional.of("no /dev/net/tun");
        var tools = Stream.of("ip", "ping", "nft").filter(tool -> !Shell.has(tool));
        var peers = Arrays.stream(annotation.value()).filter(need -> !need.installed()).map(need -> need.name().toLowerCase(Locale.ROOT));
        var absent = Stream.concat(tools, peers).collect(Collectors.joining(", "));
        return absent.isEmpty() ? Optional.empty() : Optional.of("not installed: " + absent);
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** Closed by JUnit when the whole run is over. */
    private static final class Skipped implements AutoCloseable {
        private final Map<String, String> byClass = new TreeMap<>();

        @Override
        public synchronized void close() {
            var list = byClass.entrySet().stream().map(e -> e.getKey() + " (" + e.getValue() + ")").collect(Collectors.joining(", "));
            System.err.println("*** SKIPPED, these tests need root and real peers: " + list + " ***");
        }
    }
}
