package dev.holdfast.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a test class of which some tests must fail. */
final class Launched {

  private Launched() {}

  /** Returns what each test and container said, by display name; "" when it passed. */
  static Map<String, String> run(Class<?> tests) {
    return run(tests, Map.of());
  }

  static Map<String, String> run(Class<?> tests, Map<String, String> configuration) {
    Map<String, String> results = new LinkedHashMap<>();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(tests))
                .configurationParameters(configuration)
                .build(),
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                synchronized (results) {
                  results.put(
                      test.getDisplayName(),
                      result.getThrowable().map(Throwable::toString).orElse(""));
                }
              }
            });
    return results;
  }
}
