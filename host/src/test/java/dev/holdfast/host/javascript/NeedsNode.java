package dev.holdfast.host.javascript;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs the tests of a class where there is Node with npm. Elsewhere the build goes on, counts them
 * as skipped, and the output of the class says which tests have not run, and why.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsNode.Condition.class)
@interface NeedsNode {

  /** Looks for Node once for each class. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (context.getTestMethod().isPresent()) {
        return ConditionEvaluationResult.enabled("its class runs");
      }
      String missing = Node.missing();
      if (missing == null) {
        return ConditionEvaluationResult.enabled("there is Node");
      }
      String why = notRun(context.getRequiredTestClass(), missing);
      System.err.println(why);
      return ConditionEvaluationResult.disabled(why);
    }

    private static String notRun(Class<?> tests, String missing) {
      return "NOT RUN: %s: %s%n  Not run: %s"
          .formatted(
              tests.getName(),
              missing,
              Arrays.stream(tests.getDeclaredMethods())
                  .filter(it -> it.isAnnotationPresent(Test.class))
                  .map(java.lang.reflect.Method::getName)
                  .sorted()
                  .collect(Collectors.joining(", ")));
    }
  }
}
