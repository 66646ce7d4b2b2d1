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
 * Repeats a test with a crash at every step: first without one, and then, for each write of events
 * and messages, once with the process dying before that write and once after it. The hub is opened
 * again on what was written, and the test goes on.
 *
 * <p>All assertions of the test must hold each time, and every instance that the test starts must
 * end with the same status, output and custom status as in the first run. So the test finds
 * activities that must not run twice, and orchestrators that depend on what a process remembers. An
 * activity that had run when its result was lost is run again, as after a real crash: a failure
 * names those, and {@link TestHub#calls()} counts every run. Assertions about what an orchestrator
 * called ({@link HoldfastAssertions}) do not count the runs.
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

  /** Says how many crashes are tried at most; when there are more, they are spread evenly. */
  int most() default 200;
}
