package dev.holdfast.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;

/**
 * Replays every recorded history of a folder with the current code, as one test for each file. The
 * test fails with the first difference when the steps of the code differ from the history: a change
 * of this kind would break instances that are running when it is deployed.
 *
 * <pre>{@code
 * @HoldfastTest(functions = Orders.class)
 * class OrdersHistoryTest {
 *   @ReplayOf("histories/")
 *   void recorded_orders_still_replay() {}
 * }
 * }</pre>
 *
 * <p>The method runs after the comparison and may take the {@link History} as a parameter. {@link
 * History#writeTo} writes these files. The class needs {@link HoldfastTest} or {@link
 * HoldfastExtension}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@TestTemplate
public @interface ReplayOf {

  /**
   * Names a file, or a folder whose {@code .json} files are all read. The name is that of a test
   * resource or, if there is none, a path relative to the folder in which the tests run.
   */
  String value();
}
