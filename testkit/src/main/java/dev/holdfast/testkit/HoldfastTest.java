package dev.holdfast.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test of a class a {@link TestHub} of its own: as a parameter of the test and of its
 * {@code @BeforeEach} and {@code @AfterEach} methods. The hub is closed after the test.
 *
 * <pre>{@code
 * @HoldfastTest(functions = Orders.class)
 * class OrdersTest {
 *   @Test
 *   void small_orders_need_no_approval(TestHub hub) {
 *     TestInstance order = hub.start("PlaceOrder", new Order("lamps", 2)).await();
 *     assertEquals("placed", order.output(String.class));
 *   }
 * }
 * }</pre>
 *
 * <p>{@link HoldfastExtension} takes all settings of a hub. Tests may run in parallel.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(HoldfastExtension.class)
public @interface HoldfastTest {

  /** Names the classes whose durable functions the tests run. */
  Class<?>[] functions() default {};
}
