package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What commands do about instances that are there, are blocked, or have nothing in the log. */
@Timeout(60)
class RunningCommandsTest extends CommandsAtHost {
  private static final String ORCHESTRATORS = "/runtime/webhooks/durabletask/orchestrators/";
  private static final String INSTANCES = "/runtime/webhooks/durabletask/instances";

  @ParameterizedTest
  @CsvSource({
    "run Sequence, Sequence",
    "run Sequence --id a, Sequence/a?replaceEnded=false",
    "run Sequence --id a --replace, Sequence/a"
  })
  void a_used_id_is_taken_again_only_if_somebody_says_so(String command, String asks) {
    willAnswer(202, "{\"id\":\"a\"}");

    assertThat(runHere(command.split(" "))).isZero();

    assertThat(asked).containsExactly("POST " + ORCHESTRATORS + asks);
  }

  @ParameterizedTest
  @CsvSource({
    "Completed, has ended as Completed, --replace",
    "Failed, has ended as Failed, --replace",
    "Running, It is Running., holdfast terminate a"
  })
  void an_id_that_is_taken_is_refused_with_what_is_there_and_the_cure(
      String status, String there, String cure) {
    willAnswer(409, "{\"Message\":\"exists\"}");
    willAnswer(202, "{\"runtimeStatus\":\"" + status + "\"}");

    assertThat(runHere("run", "Sequence", "--id", "a", "--wait")).isEqualTo(4);

    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .contains("Nothing was started: instance 'a' is there already.", there, cure);
  }

  @Test
  void nothing_can_be_replaced_without_an_id() {
    assertThat(runHere("run", "Sequence", "--replace")).isEqualTo(2);

    assertThat(asked).isEmpty();
    assertThat(err.toString()).contains("--replace needs an id.");
  }

  @Test
  void a_list_in_which_nothing_matches_says_so() {
    willAnswer(200, "[]");

    assertThat(runHere("list", "--name", "sequence")).isZero();
    assertThat(err.toString()).contains("No instance matches. --name takes upper and lower case");
    assertThat(runHere("list")).isZero();
    assertThat(err.toString()).containsOnlyOnce("No instance matches.");
  }

  @Test
  void a_missing_instance_is_told_once() {
    willAnswer(404, "{\"Message\":\"There is no instance 'a': it was never started.\"}");

    assertThat(runHere("why", "a")).isEqualTo(3);

    assertThat(err.toString()).containsOnlyOnce("There is no instance 'a'");
  }

  @Test
  void a_custom_status_that_nobody_has_set_is_not_told() {
    willAnswer(200, "{\"summary\":\"It waits.\",\"customStatus\":\"\"}");

    assertThat(runHere("why", "a")).isZero();

    assertThat(out.toString().strip()).isEqualTo("It waits.");
  }

  @Test
  void a_blocked_instance_is_tried_again() {
    willAnswer(202, "");

    assertThat(runHere("retry", "a/b")).isZero();

    assertThat(asked).containsExactly("POST " + INSTANCES + "/a%2Fb/retry");
    assertThat(out.toString()).contains("Instance 'a/b' is tried again.");
  }

  @ParameterizedTest
  @CsvSource({
    "404, '', 3, There is no instance 'a'.",
    "410, '', 4, has ended",
    "409, '{\"Message\":\"Instance a is not blocked.\"}', 4, is not blocked"
  })
  void what_cannot_be_tried_again_is_told(int status, String body, int exitCode, String words) {
    willAnswer(status, body);

    assertThat(runHere("retry", "a")).isEqualTo(exitCode);

    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains(words);
  }

  @Test
  void what_is_blocked_is_listed_with_its_reason() {
    willAnswer(
        200,
        """
        [{"instanceId": "a", "name": "Sequence", "runtimeStatus": "Running",
          "createdTime": "2026-01-02T03:04:05Z", "lastUpdatedTime": "2026-01-02T03:04:06Z",
          "blocked": {"kind": "turn"}, "reason": "it took too long"}]
        """);

    assertThat(runHere("list", "--status", "blocked")).isZero();

    assertThat(asked)
        .containsExactly(
            "GET "
                + INSTANCES
                + "?top=100&showInput=false&showOutput=false&showReason=true&blocked=true");
    assertThat(out.toString().lines())
        .containsExactly(
            "ID  NAME      STATUS             CREATED               UPDATED               REASON",
            "a   Sequence  Running (blocked)  2026-01-02T03:04:05Z  2026-01-02T03:04:06Z  it took"
                + " too long");
    assertThat(runHere("list", "--status", "blocked,Failed")).isEqualTo(2);
    assertThat(err.toString()).contains("--status Blocked stands alone.");
  }

  @Test
  void a_refusal_for_another_reason_than_a_key_is_told_by_that_reason() {
    willAnswer(403, "{\"Message\":\"This host answers only to 'localhost'.\"}");

    assertThat(runHere("list")).isEqualTo(4);

    assertThat(err.toString()).contains("answers only to 'localhost'").doesNotContain("key");
  }

  private void log(String name, String... records) throws IOException {
    Path folder = Files.createDirectories(data.resolve("log"));
    Files.writeString(folder.resolve(name), String.join("\n", records) + "\n");
  }

  private static String record(String time, String instance, String message) {
    return "{\"time\":\"%s\",\"level\":\"INFO\",\"category\":\"Host\",%s\"message\":\"%s\"}"
        .formatted(time, instance.isEmpty() ? "" : "\"instance\":\"" + instance + "\",", message);
  }

  @Test
  void a_log_that_says_nothing_of_an_instance_tells_what_it_has() throws IOException {
    log("holdfast.log.2", record("T1", "", "the beginning"));
    log(
        "holdfast.log",
        record("T2", "a:0", "a step"),
        record("T3", "b", "it waits for 'a'"),
        record("T4", "c", "a step"));

    assertThat(runHere("logs", "a")).isEqualTo(3);

    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .contains(
            "The log says nothing of instance 'a'.",
            "It has 4 lines in 2 files in " + data.resolve("log"),
            "the oldest of T1",
            "mentioned in lines of 'a:0', 'b'.",
            "logging.logLevel.Function",
            "holdfast show a --history");
  }

  @Test
  void files_behind_a_gap_in_their_numbers_are_read_the_oldest_first() throws IOException {
    log("holdfast.log.10", record("T1", "a", "first"));
    log("holdfast.log.3", record("T2", "a", "second"));
    log("holdfast.log", record("T3", "a", "third"));
    log("connected.log.1", record("T0", "a", "elsewhere"));
    log("other.log.1", record("T9", "a", "not ours"));

    assertThat(runHere("logs", "a")).isZero();

    assertThat(out.toString().lines().map(it -> it.substring(it.lastIndexOf(' ') + 1)))
        .containsExactly("first", "second", "third", "elsewhere");
  }

  @Test
  void keys_without_a_further_word_are_listed() {
    assertThat(runHere("keys")).isZero();
    assertThat(err.toString()).contains("There are no keys in " + data, "holdfast keys create");
    assertThat(runHere("keys", "create", "system", "alice")).isZero();
    String secret = out.toString().strip();

    assertThat(runHere("keys")).isZero();
    assertThat(runHere("keys", "list")).isZero();
    assertThat(run("keys", "--data", data.toString(), "list")).isZero();

    assertThat(out.toString().lines().filter(it -> it.startsWith("system"))).hasSize(3);
    assertThat(out.toString()).containsOnlyOnce(secret);
  }

  @Test
  void to_look_for_keys_makes_no_folder() {
    Path nowhere = data.resolve("nowhere");

    assertThat(run("keys", "--data", nowhere.toString())).isEqualTo(1);

    assertThat(nowhere).doesNotExist();
    assertThat(err.toString()).contains("There is no data folder " + nowhere);
  }
}
