package dev.holdfast.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Repeats a test with a crash at every step: the test first runs without a crash. Then, for each
 * write of events and messages, it runs once with a crash before that write and once with a crash
 * after it. After a crash the hub is opened again with the written data, and the test continues.
 *
 * <p>All assertions of the test must hold each time, and every instance that the test starts must
 * end with the same status, output and custom status as in the first run, and every entity with the
 * same state. So the test finds activities that must not run twice, and orchestrators that depend
 * on the memory of a process. An activity whose result was lost runs again, as after a real crash:
 * a failure message names the repeated activities, and {@link TestHub#calls()} counts every run.
 * Assertions about what an orchestrator called ({@link HoldfastAssertions}) do not count the runs.
 *
 * <p>{@code @BeforeEach} and {@code @AfterEach} methods run each time too. The class needs {@link
 * HoldfastTest} or {@link HoldfastExtension}, and the test takes the {@link TestHub} as a
 * parameter.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@TestTemplate
@Execution(ExecutionMode.SAME_THREAD)
public @interface CrashEverywhere {

  /**
   * Limits the number of crashes that are tried; when more are possible, the tried ones are spread
   * evenly.
   */
  int most() default 200;
}
