package dev.holdfast.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.context.AppSettings;
import dev.holdfast.functions.invoking.TriggerInput;
import dev.holdfast.functions.invoking.Wire;
import dev.holdfast.functions.kinds.TriggerKind;
import dev.holdfast.functions.loading.AppFinder;
import dev.holdfast.functions.model.AppSource;
import dev.holdfast.functions.model.AuthLevel;
import dev.holdfast.functions.model.BindingDefinition;
import dev.holdfast.functions.model.FunctionDefinition;
import dev.holdfast.functions.model.HttpRoute;
import dev.holdfast.functions.model.Start;
import dev.holdfast.functions.model.Versioning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Function metadata from bytecode and from files, and the rules it must obey. */
class MetadataTest {

  private static final Map<String, String> SETTINGS = Map.of("Schedule", "0 0 * * * *");

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  @SuppressWarnings("NullAway.Init")
  private FunctionApp app;

  @AfterEach
  void closeApp() {
    if (app != null) {
      app.close();
    }
  }

  private static AppSource source() throws Exception {
    return TestApps.source(TestApps.compiledOnce("rules", List.of(), "RulesApp"), List.of());
  }

  private FunctionApp open(AppContext context) throws Exception {
    app = FunctionApp.open(source(), context);
    return app;
  }

  private FunctionApp open() throws Exception {
    return open(
        AppContext.usual().withSettings(new AppSettings(SETTINGS, Set.of(), Versioning.NONE)));
  }

  private FunctionDefinition function(String name) {
    return app.functions().stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void custom_binding_has_what_differs_and_every_list() throws Exception {
    open();

    assertThat(function("Rabbit").trigger())
        .isEqualTo(
            new BindingDefinition(
                "rabbitMQTrigger",
                "in",
                "message",
                Map.of("prefetch", 4, "tags", List.of("a", "b"))));
  }

  @Test
  void bindings_have_what_differs_from_the_defaults() throws Exception {
    open();

    assertThat(function("Blobs").bindings())
        .containsExactly(
            new BindingDefinition(
                "blobTrigger",
                "in",
                "in",
                Map.of("path", "c/{name}", "dataType", "binary", "connection", "MyStorage")),
            new BindingDefinition(
                "blob", "in", "other", Map.of("path", "c/x", "connection", "MyStorage")),
            new BindingDefinition(
                "queue", "out", "$return", Map.of("queueName", "out", "connection", "Own")));
    assertThat(function("Hub").trigger().attributes())
        .containsOnly(
            entry("eventHubName", "h"), entry("connection", "c"), entry("cardinality", "MANY"));
    assertThat(function("HubOne").trigger().attributes()).containsEntry("cardinality", "ONE");
    assertThat(function("Warm").trigger().name()).isEqualTo("warmupContext");
  }

  @Test
  void http_functions_that_return_something_have_an_output() throws Exception {
    open();

    assertThat(function("HttpReturning").bindings())
        .extracting(BindingDefinition::type, BindingDefinition::name)
        .containsExactly(tuple("httpTrigger", "req"), tuple("http", "$return"));
    assertThat(function("HttpVoid").bindings()).hasSize(1);
    assertThat(function("HttpVoid").trigger().attributes())
        .containsOnly(entry("authLevel", "FUNCTION"), entry("methods", List.of()));
  }

  @Test
  void retries_are_in_the_config() throws Exception {
    open();

    assertThat(function("Hub").config().get("retry"))
        .isEqualTo(
            Map.of(
                "strategy",
                "exponentialBackoff",
                "maxRetryCount",
                3,
                "minimumInterval",
                "00:00:01",
                "maximumInterval",
                "00:01:00"));
    assertThat(function("Timer").config().get("retry"))
        .isEqualTo(
            Map.of("strategy", "fixedDelay", "maxRetryCount", 2, "delayInterval", "00:00:05"));
  }

  @Test
  void bad_functions_say_why_and_leave_the_others_alone() throws Exception {
    open();

    assertThat(app.failedFunctions().keySet())
        .containsExactlyInAnyOrder(
            "1bad",
            "AdminRoute",
            "BadBinding",
            "host",
            "NoTrigger",
            "Overloaded",
            "SameRoute",
            "Twice",
            "TwoTriggers");
    assertThat(app.failedFunctions().get("1bad")).contains("cannot be the name of a function");
    assertThat(app.failedFunctions().get("AdminRoute")).contains("built in routes");
    assertThat(app.failedFunctions().get("BadBinding")).contains("'my_req'");
    assertThat(app.failedFunctions().get("NoTrigger")).contains("no trigger");
    assertThat(app.failedFunctions().get("Overloaded")).contains("cannot be overloaded");
    assertThat(app.failedFunctions().get("SameRoute"))
        .contains("already served by 'HttpReturning'");
    assertThat(app.failedFunctions().get("twice"))
        .contains("RulesApp.twice")
        .contains("RulesApp.twiceAgain");
    assertThat(app.failedFunctions().get("TwoTriggers")).contains("httpTrigger, queueTrigger");
    assertThat(app.httpRoutes())
        .extracting(HttpRoute::template)
        .containsExactly("items/{id}", "HttpVoid");
  }

  @Test
  void settings_are_filled_in_and_missing_ones_fail_their_function_only() throws Exception {
    open();
    assertThat(function("Timer").trigger().text("schedule")).isEqualTo("0 0 * * * *");
    assertThat(function("Timer").config().toString()).contains("%SCHEDULE%");
    app.close();

    open(AppContext.usual());
    assertThat(app.failedFunctions().get("Timer"))
        .startsWith("'%SCHEDULE%' does not resolve to a value.")
        .contains("local.settings.json");
    assertThat(app.functions()).extracting(FunctionDefinition::name).contains("Rabbit");
  }

  @Test
  void switched_off_functions_are_listed_but_have_no_route() throws Exception {
    open(
        AppContext.usual()
            .withSettings(
                new AppSettings(
                    Map.of(
                        "azurewebjobs.httpvoid.disabled",
                        "1",
                        "AzureWebJobs_HttpReturning_Disabled",
                        "True",
                        "AzureWebJobs.Warm.Disabled",
                        "no"),
                    Set.of(),
                    Versioning.NONE)));

    assertThat(function("HttpVoid").disabled()).isTrue();
    assertThat(function("HttpReturning").disabled()).isTrue();
    assertThat(function("Warm").disabled()).isFalse();
    // Its route is free for the function that would be second.
    assertThat(app.httpRoutes()).extracting(HttpRoute::functionName).containsExactly("SameRoute");
    assertThat(app.invoke("HttpVoid", "")).isCompletedExceptionally();
  }

  @Test
  void only_listed_functions_are_loaded() throws Exception {
    open(
        AppContext.usual()
            .withSettings(new AppSettings(Map.of(), Set.of("rabbit", "Nobody"), Versioning.NONE)));

    assertThat(app.functions()).extracting(FunctionDefinition::name).containsExactly("Rabbit");
    assertThat(app.failedFunctions()).isEmpty();
    assertThat(app.warnings()).anyMatch(w -> w.contains("'Nobody'"));
  }

  /** The host does not know this type until somebody registers it. */
  private record RabbitTrigger(List<String> asked) implements TriggerKind {
    @Override
    public String type() {
      return "RabbitMqTrigger";
    }

    @Override
    public TriggerInput byHand(FunctionDefinition function, String value, AppContext context) {
      asked.add(function.name() + ": " + value);
      return TriggerInput.of(new Wire.Text(value));
    }
  }

  @Test
  void new_type_of_trigger_is_one_class_and_one_registration() throws Exception {
    open();
    assertThat(app.warnings()).anyMatch(w -> w.contains("rabbitMQTrigger"));
    Path staging = stage(app.functions());
    app.close();

    for (AppSource source : List.of(source(), AppFinder.find(staging))) {
      RabbitTrigger rabbit = new RabbitTrigger(new CopyOnWriteArrayList<>());
      AppContext context =
          AppContext.usual().withSettings(new AppSettings(SETTINGS, Set.of(), Versioning.NONE));
      app = FunctionApp.open(source, context, FunctionApp.kinds().with(rabbit));

      assertThat(app.warnings()).noneMatch(w -> w.contains("rabbitMQTrigger"));
      assertThat(function("Rabbit").start()).isEqualTo(new Start(Start.By.TRIGGER, "Rabbit"));
      assertThat(app.invoke("Rabbit", "carrot")).succeedsWithin(Duration.ofSeconds(30));
      assertThat(rabbit.asked()).containsExactly("Rabbit: carrot");
      app.close();
    }
  }

  @Test
  void staged_app_is_the_same_app() throws Exception {
    open();
    Path staging = stage(app.functions());

    FunctionApp scanned = app;
    try (FunctionApp staged =
        FunctionApp.open(
            AppFinder.find(staging),
            AppContext.usual()
                .withSettings(new AppSettings(SETTINGS, Set.of(), Versioning.NONE)))) {
      assertThat(staged.failedFunctions()).isEmpty();
      assertThat(staged.functions())
          .extracting(FunctionDefinition::name, FunctionDefinition::bindings)
          .isEqualTo(scanned.functions().stream().map(f -> tuple(f.name(), f.bindings())).toList());
      assertThat(staged.httpRoutes()).isEqualTo(scanned.httpRoutes());
      assertThat(staged.functions().get(0).scriptFile()).isEqualTo("../app.jar");
    }
  }

  private Path stage(List<FunctionDefinition> functions) throws Exception {
    Path staging = folder.resolve("staging");
    Files.createDirectories(staging.resolve("lib"));
    Files.writeString(staging.resolve("host.json"), "{\"version\":\"2.0\"}");
    TestApps.jar(staging.resolve("app.jar"), List.of(source().classPath().get(0)));
    for (FunctionDefinition function : functions) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("scriptFile", "../app.jar");
      document.putAll(function.config());
      write(staging, function.name(), new ObjectMapper().writeValueAsString(document));
    }
    return staging;
  }

  private static void write(Path staging, String function, String json) throws Exception {
    Path file = staging.resolve(function).resolve("function.json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, json);
  }

  @Test
  void function_json_may_be_edited_by_hand() throws Exception {
    open(AppContext.usual());
    Path staging = stage(List.of());
    String entry = "\"entryPoint\":\"app.RulesApp.httpVoid\"";
    String trigger = "\"bindings\":[{\"type\":\"httpTrigger\",\"name\":\"req\",\"authLevel\":";
    write(staging, "Good", "{/* by hand */" + entry + "," + trigger + "\"anonymous\"},],}");
    write(staging, "Off", "{\"disabled\":true," + entry + "," + trigger + "\"admin\"}]}");
    write(
        staging, "OffBySetting", "{\"disabled\":\"SW\"," + entry + "," + trigger + "\"admin\"}]}");
    write(staging, "BadLevel", "{" + entry + "," + trigger + "\"friends\"}]}");
    write(staging, "Broken", "{" + entry);
    write(staging, "NoEntry", "{\"bindings\":[]}");
    write(staging, "NoType", "{" + entry + ",\"bindings\":[{}]}");
    write(staging, "NoClass", "{\"entryPoint\":\"app.Gone.run\"," + trigger + "\"admin\"}]}");
    write(staging, "NoMethod", "{\"entryPoint\":\"app.RulesApp.gone\"," + trigger + "\"admin\"}]}");

    try (FunctionApp staged =
        FunctionApp.open(
            AppFinder.find(staging),
            AppContext.usual()
                .withSettings(new AppSettings(Map.of("SW", "1"), Set.of(), Versioning.NONE)))) {
      assertThat(staged.functions())
          .extracting(FunctionDefinition::name, FunctionDefinition::disabled)
          .containsExactly(tuple("Good", false), tuple("Off", true), tuple("OffBySetting", true));
      assertThat(staged.httpRoutes())
          .containsExactly(new HttpRoute("Good", "Good", List.of(), AuthLevel.ANONYMOUS));
      Map<String, String> failed = staged.failedFunctions();
      assertThat(failed.get("BadLevel")).contains("'friends'").contains("anonymous, function");
      assertThat(failed.get("Broken")).contains("not valid JSON").contains("line 1");
      assertThat(failed.get("NoEntry")).contains("entryPoint");
      assertThat(failed.get("NoType")).contains("without a 'type'");
      assertThat(failed.get("NoClass")).contains("app.Gone");
      assertThat(failed.get("NoMethod")).contains("no method 'gone'");
    }
  }
}
