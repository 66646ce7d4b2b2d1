package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.server.http.keys.Keys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands for people, against a host that says what the test wants. */
@Timeout(60)
class CommandsTest extends CommandsAtHost {
  @Test
  void why_is_told_in_plain_words() {
    willAnswer(
        200,
        """
        {"instanceId": "a/b", "summary": "Waiting for event 'Approval' since 10:02.",
         "waitingFor": [
           {"kind": "event", "what": "an external event", "since": "10:02", "until": null, "detail": null},
           {"kind": "activity", "what": "Charge", "since": null, "until": null, "detail": "nobody"}],
         "lastError": "java.io.IOException: no route"}
        """);

    assertThat(runHere("why", "a/b")).isZero();

    assertThat(asked).containsExactly("GET /runtime/webhooks/holdfast/instances/a%2Fb/why");
    assertThat(out.toString().lines())
        .containsExactly(
            "Waiting for event 'Approval' since 10:02.",
            "  an external event, since 10:02",
            "  activity 'Charge': nobody",
            "  last error: java.io.IOException: no route");
  }

  @Test
  void versions_are_counted_and_an_old_one_is_waited_for() {
    String old =
        "{\"name\":\"A\",\"version\":\"1.0\",\"running\":2,\"pending\":0,\"suspended\":1,"
            + "\"oldest\":\"2026-03-01T10:00:00Z\"}";
    String none =
        "{\"name\":\"B\",\"version\":\"\",\"running\":0,\"pending\":3,\"suspended\":0,"
            + "\"oldest\":\"2026-03-02T10:00:00Z\"}";
    willAnswer(200, "[" + old + "," + none + "]");
    willAnswer(200, "[" + old + "," + none + "]");
    willAnswer(200, "[" + none + "]");

    assertThat(runHere("versions")).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            "NAME  VERSION  RUNNING  PENDING  SUSPENDED  OLDEST",
            "A     1.0      2        0        1          2026-03-01T10:00:00Z",
            "B     -        0        3        0          2026-03-02T10:00:00Z");
    assertThat(runHere("versions", "1.0", "--wait")).isZero();
    assertThat(out.toString()).contains("Nothing runs on 1.0 any more.");
    assertThat(runHere("versions", "", "--wait", "--timeout", "0s")).isEqualTo(6);
    assertThat(runHere("versions", "--wait")).isEqualTo(2);
    assertThat(err.toString()).contains("has ended within 0 s", "--wait needs a version");
    assertThat(asked).allMatch("GET /runtime/webhooks/holdfast/versions"::equals).hasSize(4);
  }

  private static String ended(String name, String version) {
    return "{\"name\":\"%s\",\"version\":\"%s\",\"running\":0,\"pending\":0,\"suspended\":0,"
            .formatted(name, version)
        + "\"oldest\":null,\"ended\":7}";
  }

  @Test
  void a_version_that_nobody_ever_carried_is_no_version_of_which_nothing_is_left() {
    String known = "[" + ended("A", "1.0") + "," + ended("B", "") + "]";
    for (List<String> line :
        List.of(
            List.of("versions", "1.O"),
            List.of("versions", "1.O", "--wait"),
            List.of("versions", "1.0", "--name", "b"),
            List.of("versions", "", "--name", "A", "--json"))) {
      answers.clear();
      willAnswer(200, "[]");
      willAnswer(200, known);

      assertThat(runHere(line.toArray(String[]::new))).as("%s", line).isEqualTo(3);
    }
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .contains(
            "No instance has ever carried version '1.O'.",
            "Known here: '' (without a version), 1.0.",
            "No instance of 'b' has ever carried version '1.0'.",
            "Known here of 'b': '' (without a version).",
            "There has never been an instance of 'A' without a version.");

    for (String left : List.of("1.0", "")) {
      answers.clear();
      willAnswer(200, "[]");
      willAnswer(200, known);
      assertThat(runHere("versions", left)).as(left).isZero();
    }
    assertThat(out.toString().lines())
        .containsExactly(
            "Nothing runs on 1.0 any more.", "Nothing runs without a version any more.");
  }

  @Test
  void lists_are_paged_up_to_the_wanted_number() {
    willAnswer(200, "[" + instance("a", "Running") + "," + instance("b", "Failed") + "]", "p2");
    willAnswer(200, "[" + instance("c", "Running") + "," + instance("d", "Running") + "]", "p3");

    assertThat(runHere("list", "--top", "3", "--status", "Running,Failed", "--prefix", "x y"))
        .isZero();

    assertThat(asked)
        .containsExactly(
            "GET /runtime/webhooks/durabletask/instances?top=3&showInput=false&showOutput=false&showReason=true"
                + "&runtimeStatus=Running%2CFailed&instanceIdPrefix=x%20y",
            "GET /runtime/webhooks/durabletask/instances?top=1&showInput=false&showOutput=false&showReason=true"
                + "&runtimeStatus=Running%2CFailed&instanceIdPrefix=x%20y page p2");
    assertThat(out.toString().lines())
        .containsExactly(
            "ID  NAME      STATUS   CREATED               UPDATED",
            "a   Sequence  Running  2026-01-02T03:04:05Z  2026-01-02T03:04:06Z",
            "b   Sequence  Failed   2026-01-02T03:04:05Z  2026-01-02T03:04:06Z",
            "c   Sequence  Running  2026-01-02T03:04:05Z  2026-01-02T03:04:06Z");
    assertThat(err.toString()).contains("There are more");
  }

  private static String instance(String id, String status) {
    return "{\"name\":\"Sequence\",\"instanceId\":\""
        + id
        + "\",\"runtimeStatus\":\""
        + status
        + "\",\"createdTime\":\"2026-01-02T03:04:05Z\",\"lastUpdatedTime\":\"2026-01-02T03:04:06Z\"}";
  }

  @Test
  void a_state_is_shown_as_json_with_its_history_when_wanted() {
    willAnswer(202, "{\"runtimeStatus\":\"Running\",\"big\":12345678901234567890,\"x\":[1.50]}");

    assertThat(runHere("show", "a", "--history")).isZero();

    assertThat(asked.get(0)).contains("showHistory=true").contains("showHistoryOutput=true");
    assertThat(out.toString()).contains("12345678901234567890").contains("1.5");
  }

  @ParameterizedTest
  @CsvSource({
    "raise a Go 5, POST …/a/raiseEvent/Go 5",
    "raise a Go, POST …/a/raiseEvent/Go null",
    "terminate a --reason enough, POST …/a/terminate?reason=enough",
    "suspend a, POST …/a/suspend",
    "resume a, POST …/a/resume",
    "rewind a, POST …/a/rewind"
  })
  void messages_go_where_they_belong(String command, String request) {
    willAnswer(202, "");

    assertThat(runHere(command.split(" "))).isZero();

    assertThat(asked)
        .containsExactly(request.replace("…", "/runtime/webhooks/durabletask/instances"));
    assertThat(out.toString()).contains("'a'");
  }

  @ParameterizedTest
  @CsvSource({
    "raise x/y E/F 1, POST …instances/x%2Fy/raiseEvent/E%2FF 1",
    "run a/b 1, POST …orchestrators/a%2Fb 1",
    "run A 1 --id x/y --replace, POST …orchestrators/A/x%2Fy 1",
    "show a?b#c%d+e, GET …instances/a%3Fb%23c%25d%2Be",
    "purge x/y, DELETE …instances/x%2Fy",
    "terminate x/y, POST …instances/x%2Fy/terminate"
  })
  void a_name_or_id_is_one_segment_whatever_is_in_it(String command, String request) {
    willAnswer(200, "{\"id\":\"x/y\",\"instancesDeleted\":1}");

    assertThat(runHere(command.split(" "))).isZero();

    assertThat(asked).containsExactly(request.replace("…", "/runtime/webhooks/durabletask/"));
  }

  @ParameterizedTest
  @CsvSource({
    "show _, an instance id",
    "why _, an instance id",
    "wait _, an instance id",
    "purge _, an instance id",
    "terminate _, an instance id",
    "restart _, an instance id",
    "raise _ Go, an instance id",
    "raise a _, the name of an event",
    "run _, the name of an orchestrator",
    "run X --id _, an instance id"
  })
  void nothing_is_no_name(String command, String what) {
    String[] arguments = command.split(" ");
    Arrays.asList(arguments).replaceAll(it -> it.equals("_") ? "" : it);

    assertThat(runHere(arguments)).isEqualTo(2);

    assertThat(asked).isEmpty();
    assertThat(err.toString()).contains("'' is not " + what + ".");
  }

  @Test
  void run_starts_and_prints_the_id() {
    willAnswer(202, "{\"id\":\"abc\"}");

    assertThat(runHere("run", "Sequence", "[1]", "--id", "abc", "--key", "secret")).isZero();

    assertThat(asked)
        .containsExactly(
            "POST /runtime/webhooks/durabletask/orchestrators/Sequence/abc?replaceEnded=false [1] key secret");
    assertThat(out.toString().strip()).isEqualTo("abc");
  }

  @ParameterizedTest
  @CsvSource({
    "list, '<html>hello</html>', JSON",
    "list, '{}', JSON array",
    "list, '[1]', array of objects",
    "list, '', JSON array",
    "show a, 'hello', JSON",
    "show a, '', JSON object",
    "why a, '[]', JSON object",
    "why a, '{}', summary",
    "wait a, '{\"runtimeStatus\":\"Comp', column",
    "wait a, '{}', runtimeStatus",
    "wait a, '', JSON object",
    "run X --wait, '', JSON object",
    "run X, '{}', 'id'",
    "restart a, '{}', 'id'",
    "purge a, '[]', JSON object",
    "purge a, '{}', instancesDeleted",
    "versions, '{}', JSON array"
  })
  void an_answer_that_cannot_be_read_is_an_error(String command, String answer, String words) {
    willAnswer(200, answer);

    assertThat(runHere(command.split(" "))).isEqualTo(1);

    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("Cannot read the answer of the host at " + url(), words);
  }

  @Test
  void payloads_of_any_size_come_through_as_they_are() {
    String deep = "[".repeat(1000) + "]".repeat(1000);
    String digits = "1".repeat(5_000) + ".50e99999999999";
    willAnswer(
        200,
        "{\"runtimeStatus\":\"Completed\",\"output\":"
            + deep
            + ",\"customStatus\":"
            + digits
            + ",\"input\":\""
            + "x".repeat(21_000_000)
            + "\"}");

    assertThat(runHere("wait", "a")).isZero();
    assertThat(out.toString().replace(" ", "").strip()).isEqualTo(deep);
    assertThat(runHere("show", "a")).isZero();
    assertThat(out.toString()).contains(digits + ",").contains("x".repeat(21_000_000));
  }

  @Test
  void a_payload_may_come_from_a_file_and_must_be_json() throws IOException {
    Path file = Files.writeString(data.resolve("in.json"), "{\"n\": 1}");
    willAnswer(202, "");

    assertThat(runHere("raise", "a", "Go", "@" + file)).isZero();
    assertThat(asked).hasSize(1).first().asString().endsWith("{\"n\": 1}");

    assertThat(runHere("raise", "a", "Go", "hello")).isEqualTo(2);
    assertThat(asked).hasSize(1);
    assertThat(err.toString()).contains("not valid JSON").contains("quotes");
  }

  @Test
  void restart_prints_the_new_id() {
    willAnswer(202, "{\"id\":\"new\"}");

    assertThat(runHere("restart", "a")).isZero();

    assertThat(asked.get(0)).endsWith("/a/restart?restartWithNewInstanceId=true");
    assertThat(out.toString().strip()).isEqualTo("new");
  }

  @Test
  void purge_takes_one_or_asks_before_it_takes_many() {
    willAnswer(200, "{\"instancesDeleted\":1}");

    assertThat(runHere("purge", "a")).isZero();
    assertThat(runHere("purge", "--status", "Failed")).isEqualTo(2);
    assertThat(runHere("purge", "--status", "Failed", "--yes")).isZero();

    assertThat(asked)
        .containsExactly(
            "DELETE /runtime/webhooks/durabletask/instances/a",
            "DELETE /runtime/webhooks/durabletask/instances"
                + "?createdTimeFrom=1970-01-01T00%3A00%3A00Z&runtimeStatus=Failed");
    assertThat(err.toString()).contains("Nothing was purged").contains("--yes");
  }

  @Test
  void wait_prints_the_output_of_what_completes() {
    willAnswer(202, "{\"runtimeStatus\":\"Pending\"}");
    willAnswer(202, "{\"runtimeStatus\":\"Running\"}");
    willAnswer(200, "{\"runtimeStatus\":\"Completed\",\"output\":[\"a\"]}");

    assertThat(runHere("wait", "a")).isZero();

    assertThat(asked).hasSize(3);
    assertThat(out.toString().strip()).isEqualTo("[ \"a\" ]");
  }

  @Test
  void wait_tells_failure_and_lateness_apart() {
    willAnswer(200, "{\"runtimeStatus\":\"Failed\",\"output\":\"boom\"}");
    assertThat(runHere("wait", "a")).isEqualTo(5);
    assertThat(err.toString()).contains("ended as Failed");

    answers.clear();
    willAnswer(202, "{\"runtimeStatus\":\"Running\"}");
    assertThat(runHere("wait", "a", "--timeout", "100ms")).isEqualTo(6);
    assertThat(err.toString()).contains("It is Running").contains("holdfast why a");
  }

  @ParameterizedTest
  @CsvSource({
    "404, '', 3, There is no instance 'a'.",
    "410, '', 4, has ended",
    "412, '\"Only orchestrations in the \\\"Failed\\\" state can be rewound.\"', 4, 'in the"
        + " \"Failed\" state can be rewound'",
    "400, '{\"Message\":\"Invalid JSON content\"}', 4, Invalid JSON content",
    "401, '', 4, It wants a key.",
    "503, '{\"Message\":\"stopping\"}', 4, stopping",
    "500, '', 1, without a word"
  })
  void refusals_are_told_in_three_lines_with_their_own_exit_code(
      int status, String body, int exitCode, String words) {
    willAnswer(status, body);

    assertThat(runHere("rewind", "a")).isEqualTo(exitCode);

    assertThat(err.toString()).contains(words);
    assertThat(err.toString().lines()).hasSizeBetween(2, 3);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void a_host_that_is_not_there_is_named_with_the_cure() {
    host.stop(0);

    assertThat(runHere("list")).isEqualTo(1);

    assertThat(err.toString())
        .contains("Cannot reach the host at http://127.0.0.1:")
        .contains("holdfast start");
  }

  @Test
  void requests_are_meant_for_the_very_host_that_uses_the_folder() {
    willAnswer(421, "{\"Message\":\"This request is meant for another host.\"}");

    assertThat(runHere("purge", "--yes")).isEqualTo(1);

    assertThat(addressees).containsExactly("id-1");
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString().lines())
        .containsExactly(
            "No host uses " + data + " any more; another one answers at " + url() + ".",
            "  Nothing was done there.",
            "  Start one with 'holdfast start --data "
                + data
                + "', or say which one is meant with --url.");
  }

  @Test
  void a_host_that_has_taken_over_the_folder_meanwhile_is_the_one_that_is_meant() {
    willAnswer(202, "{\"runtimeStatus\":\"Running\"}");
    willAnswer(421, "");
    willAnswer(200, "{\"runtimeStatus\":\"Completed\",\"output\":1}");
    meanwhile = this::restarted;

    assertThat(runHere("wait", "a", "--key", "k")).isZero();

    assertThat(addressees).containsExactly("id-1", "id-1", "id-2");
    assertThat(asked.get(2)).isEqualTo(asked.get(0)).endsWith("key k");
  }

  private void restarted() {
    try {
      new DataFolder(data).announce(url(), "id-2");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void nobody_in_particular_is_meant_by_an_older_note_or_a_url() throws IOException {
    willAnswer(200, "[]");

    assertThat(run("list", "--url", url().toString())).isZero();
    Files.writeString(data.resolve("host.url"), url() + "\n");
    assertThat(runHere("list")).isZero();

    assertThat(addressees).containsExactly(null, null);
  }

  @Test
  void a_folder_without_a_host_is_not_taken_for_any_other_host() throws IOException {
    Files.delete(data.resolve("host.url"));

    for (Path folder : List.of(data, data.resolve("nowhere"))) {
      assertThat(run("purge", "--yes", "--data", folder.toString())).isEqualTo(1);
      assertThat(err.toString())
          .contains("No host uses " + folder + ".", "holdfast start --data " + folder, "--url");
    }
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "list --top 0, 0 is too small, --top",
        "list --top -1, -1 is too small, --top",
        "list --after yesterday, 'yesterday' is no time, --after",
        "list --before 2026-13-01, '2026-13-01' is no time, --before",
        "purge --yes --after x, 'x' is no time, --after",
        "purge --yes --before 12026-01-01T00:00Z, is no time, --before",
        "wait a --timeout 999999999999999d, is no length of time, --timeout",
        "wait a --timeout P-1D, is no length of time, --timeout",
        "versions 1 --wait --timeout 300000d, is no length of time, --timeout",
        "keys rotate host --grace P-1D, is no length of time, --grace",
        "keys rotate host --grace 999999999999999d, is no length of time, --grace"
      })
  void a_value_that_makes_no_sense_is_wrong_usage(String command, String what, String option) {
    assertThat(runHere(command.split(" "))).isEqualTo(2);

    assertThat(asked).isEmpty();
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains(what).contains("Correct " + option + ".");
  }

  @Test
  void why_says_a_reason_once() {
    willAnswer(
        200,
        """
        {"summary": "It waits for activity 'Charge', for 5 s (queued behind 3).",
         "waitingFor": [
           {"kind": "activity", "what": "Charge", "since": "10:02", "detail": "queued behind 3"}]}
        """);

    assertThat(runHere("why", "a")).isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            "It waits for activity 'Charge', for 5 s (queued behind 3).",
            "  activity 'Charge', since 10:02");
  }

  @Test
  void what_others_have_named_does_nothing_to_the_terminal() {
    String esc = "\\u001b[2J\\u009b1m\\n\\u202ex";
    String shown = "\\u001B[2J\\u009B1m\\n\\u202Ex";

    willAnswer(200, "[" + instance(esc, "Running") + "]");
    assertThat(runHere("list")).isZero();
    assertThat(out.toString()).contains(shown);
    assertThat(runHere("list", "--json")).isZero();
    answers.clear();
    willAnswer(200, "{\"summary\":\"" + esc + "\",\"lastError\":\"" + esc + "\"}");
    assertThat(runHere("why", "a")).isZero();
    answers.clear();
    willAnswer(400, "{\"Message\":\"No " + esc + ".\"}");
    assertThat(runHere("show", "a\u001b[2J\n")).isEqualTo(4);
    assertThat(run("list", "\u001b[2J")).isEqualTo(2);
    assertThat(err.toString()).contains("No " + shown + ".", "'a\\u001B[2J\\n'");

    assertThat(out + "" + err).doesNotContain("\u001b", "\u009b", "\u202e").contains("\\u202E");
  }

  @Test
  void a_key_that_is_there_is_not_replaced_by_making_one() throws IOException {
    assertThat(runHere("keys", "create", "system")).isZero();
    String keys = Files.readString(data.resolve("keys.json"));

    assertThat(runHere("keys", "create", "system")).isEqualTo(4);
    assertThat(err.toString()).contains("There is a key 'durabletask_extension'", "keys rotate");
    assertThat(Files.readString(data.resolve("keys.json"))).isEqualTo(keys);

    assertThat(runHere("keys", "create", "system", "other")).isZero();
    assertThat(runHere("keys", "rotate", "system")).isZero();
    assertThat(runHere("keys", "delete", "system")).isZero();
    assertThat(runHere("keys", "create", "system")).isZero();
  }

  @Test
  void a_further_system_key_opens_what_the_first_one_does() {
    assertThat(runHere("keys", "create", "system", "alice")).isZero();

    Keys keys = new Keys(new DataFolder(data).keyRecords(), InstantSource.system());
    assertThat(keys.opensGrpc(out.toString().strip())).isTrue();
    assertThat(runHere("keys", "delete", "system", "alice")).isZero();
    assertThat(runHere("keys", "delete", "system", "alice")).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-03-01, 2026-03-01T00:00:00Z",
    "2026-03-01T10:00, 2026-03-01T10:00:00Z",
    "2026-03-01 10:00:00.5, 2026-03-01T10:00:00.500Z",
    "2026-03-01T10:00:00+02:00, 2026-03-01T08:00:00Z",
    "2026-03-01T10:00:00Z, 2026-03-01T10:00:00Z"
  })
  void times_are_understood_as_hosts_do(String given, String sent) {
    willAnswer(200, "[]");

    assertThat(runHere("list", "--after", given, "--before", given)).isZero();

    String encoded = sent.replace(":", "%3A");
    assertThat(asked.get(0)).endsWith("&createdTimeFrom=" + encoded + "&createdTimeTo=" + encoded);
  }

  @Test
  void wrong_usage_is_told_with_the_way_to_help() {
    assertThat(run("why")).isEqualTo(2);
    assertThat(err.toString()).contains("ID").contains("'holdfast why --help'");

    assertThat(run("list", "--url", "not a url")).isEqualTo(2);
    assertThat(run("start", "--port", "99999")).isEqualTo(2);
    assertThat(err.toString()).contains("99999 is no port");
  }
}
