package dev.holdfast.functions.invoking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.functions.model.FunctionLog;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AppMdcTest {

  private static final Map<String, String> MAP = new TreeMap<>();

  private final AppMdc mdc;

  AppMdcTest() throws ReflectiveOperationException {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    mdc =
        new AppMdc(
            lookup.findStatic(
                AppMdcTest.class,
                "put",
                MethodType.methodType(void.class, String.class, String.class)),
            lookup.findStatic(
                AppMdcTest.class, "remove", MethodType.methodType(void.class, String.class)));
  }

  @SuppressWarnings("UnusedMethod") // A method handle calls it.
  private static void put(String key, String value) {
    MAP.put(key, value);
  }

  @SuppressWarnings("UnusedMethod") // A method handle calls it.
  private static void remove(String key) {
    MAP.remove(key);
  }

  @BeforeEach
  void empty() {
    MAP.clear();
  }

  @Test
  void an_activity_finds_its_instance_task_and_attempt() throws Throwable {
    mdc.enter("Charge", new FunctionLog.Work("order-1", 4, 2, false));

    assertThat(MAP)
        .containsOnly(
            Map.entry("holdfast.instance", "order-1"),
            Map.entry("holdfast.function", "Charge"),
            Map.entry("holdfast.task", "4"),
            Map.entry("holdfast.attempt", "2"));
  }

  @Test
  void a_function_finds_nothing_of_what_its_thread_ran_before() throws Throwable {
    mdc.enter("Charge", new FunctionLog.Work("order-1", 4, 2, false));

    mdc.enter("Orders", new FunctionLog.Work("order-2", -1, 1, true));
    assertThat(MAP)
        .containsOnly(
            Map.entry("holdfast.instance", "order-2"), Map.entry("holdfast.function", "Orders"));

    mdc.enter("Http", null);
    assertThat(MAP).isEmpty();
  }
}
