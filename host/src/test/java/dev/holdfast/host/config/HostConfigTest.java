package dev.holdfast.host.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.holdfast.functions.model.Patience;
import dev.holdfast.server.grpc.worker.WorkerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostConfigTest {
  @TempDir Path folder;

  private HostConfig read(String json, String... environment) throws IOException {
    Files.writeString(folder.resolve("host.json"), json);
    return HostConfig.read(folder, environment(environment), 2);
  }

  private static Map<String, String> environment(String... namesAndValues) {
    Map<String, String> environment = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      environment.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return environment;
  }

  @Test
  void no_file_means_all_defaults() {
    HostConfig config = HostConfig.read(folder, Map.of(), 2);

    assertThat(config.hubName()).isEqualTo("TestHubName");
    assertThat(config.chosenHub()).isNull();
    assertThat(config.http().routePrefix()).isEqualTo("api");
    assertThat(config.durable().maxConcurrentActivityFunctions()).isEqualTo(20);
    assertThat(config.durable().maxConcurrentEntityFunctions()).isEqualTo(20);
    assertThat(config.durable().unwrapActivityStrings()).isFalse();
    assertThat(config.limits().partitions()).isEqualTo(2);
    assertThat(config.limits().perPartition()).isEqualTo(dev.holdfast.core.Limits.DEFAULT);
    assertThat(config.limits().drainFor()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.limits().retention().enabled()).isFalse();
    assertThat(config.unknown()).isEmpty();
  }

  @Test
  void comments_trailing_commas_and_other_cases_are_fine() throws IOException {
    HostConfig config =
        read(
            """
            {
              // who are we
              "version": "2.0",
              "extensions": {
                "DurableTask": { "HubName": "Orders", /* enough */ "maxConcurrentActivityFunctions": 7,
                  "maxConcurrentEntityFunctions": 3, },
                "http": { "routePrefix": "/v1/", "customHeaders": { "X-Frame-Options": "DENY" } },
              },
              "logging": { "logLevel": { "default": "Warning", "Function": "Debug" } },
              "functions": ["A", "B"],
              "functionTimeout": "-1",
            }
            """);

    assertThat(config.hubName()).isEqualTo("Orders");
    assertThat(config.chosenHub()).isEqualTo("Orders");
    assertThat(config.durable().maxConcurrentActivityFunctions()).isEqualTo(7);
    assertThat(config.durable().maxConcurrentEntityFunctions()).isEqualTo(3);
    assertThat(config.http().routePrefix()).isEqualTo("v1");
    assertThat(config.http().customHeaders()).containsEntry("X-Frame-Options", "DENY");
    assertThat(config.logLevels()).isEqualTo(Map.of("default", "Warning", "Function", "Debug"));
    assertThat(config.functions()).containsExactly("A", "B");
    assertThat(config.functionTimeout()).isNull();
    assertThat(config.notes()).isEmpty();
    assertThat(config.unknown()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"00:10:00, PT10M", "1s, PT1S", "2h, PT2H"})
  void the_time_of_functions_is_limited(String written, Duration limit) throws IOException {
    String json = "{'version': '2.0', 'functionTimeout': '%s'}".formatted(written);

    assertThat(read(json.replace('\'', '"')).functionTimeout()).isEqualTo(limit);
    assertThat(read("{\"version\": \"2.0\"}").functionTimeout()).isEqualTo(Duration.ofMinutes(30));
  }

  @ParameterizedTest
  @ValueSource(strings = {"00:00:00", "999ms", "-2", "soon"})
  void a_time_of_functions_that_cannot_be_is_refused(String written) {
    assertThatExceptionOfType(CannotException.class)
        .isThrownBy(() -> read("{\"version\":\"2.0\",\"functionTimeout\":\"" + written + "\"}"))
        .satisfies(e -> assertThat(e.lines()).contains("functionTimeout", "at least 1s", "\"-1\""));
  }

  @Test
  void every_limit_of_ours_has_its_place() throws IOException {
    HostLimits limits =
        read("""
        {"version": "2.0", "extensions": {"durableTask": {"maxEntityOperationBatchSize": 53}, "holdfast": {
          "partitions": 8, "instanceIdMax": 50, "nameMax": 51, "payloadMax": "1MiB",
          "inboxMax": 52, "activeInstances": 5, "idleInstances": 6, "timersInMemory": 7,
          "timerHorizon": "30s", "inboxDelay": "20ms", "commitDelay": "0ms",
          "historyWarning": 100, "residentBytesMax": "3MiB", "requestBytesMax": "2MiB", "fileGrowthWarning": "1GiB",
          "freeSpaceMin": "8MiB", "storeSizeMax": "2GiB",
          "drainFor": "00:00:05",
          "turnTimeout": "2m", "heldAfter": "3s", "extraPlaces": 4, "lostThreads": 5,
          "stalledAfter": "6m",
          "retention": {"enabled": true, "age": "30d", "failed": "90d", "every": "10s"},
          "hostNames": ["dev.example"], "http": {"certificate": "h.crt", "privateKey": "h.key"}, "durableHttp": {"allowedHosts": ["localhost:8080", "intern.example"]},
          "grpc": {"bind": "0.0.0.0", "certificate": "a.crt", "privateKey": "a.key",
            "clientAuthorities": "ca.crt", "requireKey": false, "allowPlainText": true},
          "workers": {"itemsMax": 9, "serialItemsMax": 8, "itemBytesMax": "1MiB",
            "responseBytesMax": "2MiB", "pingEvery": "11s", "silentFor": "12s",
            "answerWithin": "13s", "turnTimeout": "14s"},
          "activityTimeouts": {"Charge": "15s"}, "entityTimeouts": {"Account": "20s"}}}}
        """)
            .limits();

    assertThat(limits)
        .isEqualTo(
            new HostLimits(
                8,
                new dev.holdfast.core.Limits(
                    50, 51, 1 << 20, 52, 5, 6, 7, 30_000_000, 20_000, 0, 53, 100, 3 << 20),
                2 << 20,
                1 << 30,
                8 << 20,
                2L << 30,
                Duration.ofSeconds(5),
                new Patience(
                    Duration.ofMinutes(2),
                    Map.of("Account", Duration.ofSeconds(20)),
                    Duration.ofSeconds(3),
                    4,
                    5,
                    Duration.ofMinutes(6)),
                new HostLimits.Retention(
                    true,
                    Duration.ofSeconds(10),
                    Map.of(
                        "Completed", Duration.ofDays(30),
                        "Failed", Duration.ofDays(90),
                        "Terminated", Duration.ofDays(30),
                        "Canceled", Duration.ofDays(30))),
                new HostLimits.DurableHttp(List.of("localhost:8080", "intern.example")),
                new Grpc("0.0.0.0", "a.crt", "a.key", "ca.crt", false, true),
                new WorkerSettings(
                    9,
                    8,
                    1 << 20,
                    2 << 20,
                    Duration.ofSeconds(11),
                    Duration.ofSeconds(12),
                    Duration.ofSeconds(13),
                    Duration.ofSeconds(14),
                    Map.of("charge", Duration.ofSeconds(15)),
                    Map.of("account", Duration.ofSeconds(20))),
                new HttpTls("h.crt", "h.key"),
                Set.of("dev.example")));
  }

  @Test
  void the_environment_beats_the_file_at_any_depth() throws IOException {
    HostConfig config =
        read(
            """
            {"version": "2.0", "functions": ["A", "B"],
             "extensions": {"durableTask": {"hubName": "FromFile"}}}
            """,
            "AzureFunctionsJobHost__Extensions__durabletask__HUBNAME",
            "FromOutside",
            "azurefunctionsjobhost:functions:1",
            "C",
            "AzureFunctionsJobHost__extensions__holdfast__retention__age",
            "7d",
            "SOMETHING__ELSE",
            "x");

    assertThat(config.hubName()).isEqualTo("FromOutside");
    assertThat(config.chosenHub()).isEqualTo("FromOutside");
    assertThat(config.functions()).containsExactly("A", "C");
    assertThat(config.limits().retention().keepFor())
        .containsEntry("Completed", Duration.ofDays(7));
  }

  @ParameterizedTest
  @CsvSource({"%HUB%, Orders", "My%hub%Hub, MyOrdersHub"})
  void settings_between_percent_signs_are_resolved(String written, String hub) throws IOException {
    HostConfig config =
        read(
            "{\"version\":\"2.0\",\"extensions\":{\"durableTask\":{\"hubName\":\""
                + written
                + "\"}}}",
            "HUB",
            "Orders");

    assertThat(config.hubName()).isEqualTo(hub);
  }

  @Test
  void the_site_name_names_the_hub_when_nothing_else_does() throws IOException {
    assertThat(read("{\"version\":\"2.0\"}", "WEBSITE_SITE_NAME", "my-orders-1").hubName())
        .isEqualTo("myorders1");
  }

  @Test
  void broken_json_is_told_with_file_line_and_column() {
    refused(
        "{\n  \"version\": \"2.0\",\n  \"extensions\": {\n}",
        folder.resolve("host.json").toString(),
        "Line 4");
    refused("{\n  \"version\" \"2.0\"\n}", "host.json", "Line 2, column 13");
    refused("[]", "host.json", "must begin with '{'");
    refused("", "host.json", "Line 1, column 1");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "{}|has no \"version\"",
        "{\"version\":\"3.0\"}|\"3.0\"",
        "{\"version\":2}|\"2\"",
        "{\"version\":\"2.0\",\"extensions\":[]}|an object",
        "{\"version\":\"2.0\",\"extensions\":{\"holdfast\":{\"partitions\":0}}}|from 1 to 1024, but"
            + " is 0",
        "{\"version\":\"2.0\",\"extensions\":{\"holdfast\":{\"partitions\":\"x\"}}}|holdfast.partitions",
        "{\"version\":\"2.0\",\"extensions\":{\"holdfast\":{\"partitions\":6}}}|a power of two",
        "{\"version\":\"2.0\",\"extensions\":{\"holdfast\":{\"payloadMax\":\"1 parsec\"}}}|a"
            + " size",
        "{\"version\":\"2.0\",\"extensions\":{\"holdfast\":{\"retention\":{\"enabled\":true}}}}|no"
            + " age",
        "{\"version\":\"2.0\",\"extensions\":{\"durableTask\":{\"hubName\":\"1x\"}}}|beginning with"
            + " a letter",
        "{\"version\":\"2.0\",\"extensions\":{\"durableTask\":{\"hubName\":\"%NOPE%\"}}}|'%NOPE%'"
            + " does not resolve",
        "{\"version\":\"2.0\",\"extensions\":{\"durableTask\":{\"activityStringInput\":\"odd\"}}}|raw,"
            + " unwrapped"
      })
  void values_that_cannot_be_used_are_named(String json, String words) {
    refused(json, "", words);
  }

  @Test
  void a_bad_value_from_the_environment_names_the_variable() {
    assertThatExceptionOfType(CannotException.class)
        .isThrownBy(
            () ->
                read(
                    "{\"version\":\"2.0\"}",
                    "AzureFunctionsJobHost__extensions__holdfast__partitions",
                    "none"))
        .satisfies(
            e ->
                assertThat(e.lines())
                    .contains("AzureFunctionsJobHost__extensions__holdfast__partitions")
                    .contains("but is \"none\""));
  }

  @Test
  void keys_that_mean_nothing_are_listed_and_those_of_the_cloud_are_not() throws IOException {
    HostConfig config =
        read(
            """
            {"version": "2.0", "verison": 1,
             "extensionBundle": {"id": "x", "version": "[4.*, 5.0.0)"},
             "logging": {"applicationInsights": {"samplingSettings": {"isEnabled": true}}, "logLvel": {}},
             "extensions": {"queues": {"batchSize": 1},
               "durableTask": {"storageProvider": {"type": "mssql", "partitionCount": 3, "odd": {}},
                 "httpSettings": {"defaultAsyncRequestSleepTimeMilliseconds": 5},
                 "tracing": {"version": "V2"}, "hubNme": "x"}}}
            """);

    assertThat(config.unknown())
        .extracting(UnknownKey::path, UnknownKey::nearest)
        .containsExactlyInAnyOrder(
            tuple("verison", "version"),
            tuple("logging.logLvel", "logging.logLevel"),
            tuple("extensions.durableTask.hubNme", "extensions.durableTask.hubName"));
    assertThat(config.notes()).anyMatch(it -> it.contains("mssql"));
  }

  @Test
  void a_key_of_ours_that_means_nothing_stops_the_start_and_the_nearest_is_named() {
    refused(
        """
        {"version": "2.0", "extensions": {"holdfast": {"drainfro": "1s"}}}
        """,
        "host.json",
        "Did you mean extensions.holdfast.drainFor?");
    refused(
        """
        {"version": "2.0", "extensions": {"holdfast": {"retention": {"enabeld": true}}}}
        """,
        "extensions.holdfast.retention.enabeld",
        "Did you mean extensions.holdfast.retention.enabled?");
    refused(
        """
        {"version": "2.0", "extensions": {"holdfst": {"drainFor": "1s"}}}
        """,
        "extensions.holdfst",
        "Did you mean extensions.holdfast?");
    refused(
        """
        {"version": "2.0", "extensions": {"holdfast": {"quux": 1}}}
        """,
        "extensions.holdfast.quux",
        "docs/configuration.md");
  }

  @Test
  void a_variable_that_overrides_no_key_of_ours_stops_the_start() {
    String variable = "AzureFunctionsJobHost__extensions__holdfast__drainfor2";

    assertThatExceptionOfType(CannotException.class)
        .isThrownBy(() -> HostConfig.read(folder, Map.of(variable, "1s"), 2))
        .satisfies(e -> assertThat(e.lines()).contains(variable).contains("drainFor?"));
  }

  private void refused(String json, String file, String words) {
    assertThatExceptionOfType(CannotException.class)
        .isThrownBy(() -> read(json))
        .satisfies(e -> assertThat(e.lines()).contains(file).contains(words))
        .satisfies(e -> assertThat(e.cure()).isNotBlank());
  }
}
