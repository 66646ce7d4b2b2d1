package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.functions.FunctionApp;
import dev.holdfast.functions.model.AuthLevel;
import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.HttpRoute;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BannerTest {
  private static final URI BASE = URI.create("http://localhost:7071");

  private static FunctionDefinition function(String name, String trigger, boolean disabled) {
    return new FunctionDefinition(
        name,
        "app.Functions." + name,
        null,
        List.of(new BindingDefinition(trigger, "in", "input", Map.of())),
        FunctionApp.kinds().start(name, new BindingDefinition(trigger, "in", "input", Map.of())),
        disabled,
        Map.of());
  }

  @Test
  void functions_are_listed_as_tools_expect_them() {
    String text =
        Banner.functions(
            List.of(
                function("Any", "httpTrigger", false),
                function("Chain", "orchestrationTrigger", false),
                function("Counter", "entityTrigger", false),
                function("Off", "activityTrigger", true),
                function("Say", "activityTrigger", false)),
            List.of(
                new HttpRoute("Any", "any/{id}", List.of(), AuthLevel.ANONYMOUS),
                new HttpRoute("Two", "two", List.of("GET", "POST"), AuthLevel.FUNCTION)),
            BASE,
            "api");

    assertThat(text.lines())
        .containsExactly(
            "Functions:",
            "",
            "\tAny:  http://localhost:7071/api/any/{id}",
            "",
            "\tTwo: [GET,POST] http://localhost:7071/api/two",
            "",
            "\tChain: orchestrationTrigger",
            "\t    start: POST"
                + " http://localhost:7071/runtime/webhooks/durabletask/orchestrators/Chain",
            "",
            "\tCounter: entityTrigger",
            "\t    signal: POST http://localhost:7071/runtime/webhooks/durabletask/entities/Counter"
                + "/KEY?op=OPERATION",
            "",
            "\tSay: activityTrigger",
            "",
            "Function Off is disabled.");
  }

  @Test
  void a_route_prefix_may_be_missing_and_so_may_functions() {
    assertThat(
            Banner.functions(
                List.of(),
                List.of(new HttpRoute("A", "a", List.of("GET"), AuthLevel.ANONYMOUS)),
                BASE,
                ""))
        .contains("\tA: [GET] http://localhost:7071/a");
    assertThat(Banner.functions(List.of(), List.of(), BASE, "api"))
        .startsWith("No functions were found.");
  }
}
