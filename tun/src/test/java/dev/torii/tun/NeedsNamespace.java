package dev.torii.tun;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The tests of this class make network namespaces and TUN interfaces. Where that is not allowed they are skipped, and one line says so. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsNamespace.Condition.class)
public @interface NeedsNamespace {
    /** Tries it once. */
    final class Condition implements ExecutionCondition {
        private static final String OBSTACLE = Namespace.obstacle();

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (OBSTACLE.isEmpty()) return ConditionEvaluationResult.enabled("network namespaces can be made");
            if (context.getTestMethod().isEmpty())
                System.err.println("SKIPPED " + context.getDisplayName() + ": it needs root and /dev/net/tun: " + OBSTACLE);
            return ConditionEvaluationResult.disabled(OBSTACLE);
        }
    }
}
