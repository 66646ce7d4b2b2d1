package dev.holdfast.host.chaos;

import static dev.holdfast.host.chaos.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.host.chaos.hanging.HangingFunctions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Code of users that does not come to an end holds up nobody else, and is told of. */
class HangingCodeTest {
  private static final int PLACES = 20;
  private static final String DURABLE =
      "\"maxConcurrentActivityFunctions\": %d, \"maxConcurrentOrchestratorFunctions\": %d"
          .formatted(PLACES, PLACES);

  @TempDir Path folder;

  private OutsideWorld outside;
  private Caller caller;

  @BeforeEach
  void open() throws IOException {
    outside = new OutsideWorld();
  }

  @AfterEach
  void cleanUp() throws IOException {
    outside.close();
  }

  private HostProcess start(String settings) throws IOException {
    HostProcess.Plan plan =
        HostProcess.Plan.of(
            HangingFunctions.class,
            folder,
            outside,
            "\"drainFor\": \"1s\", \"heldAfter\": \"1s\", " + settings,
            DURABLE);
    caller = new Caller(plan.url());
    return HostProcess.start(plan, 1);
  }

  private void start(String orchestrator, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(caller.start(orchestrator, prefix + i, "\"Ada\"").status()).isEqualTo(202);
    }
  }

  private void awaitCompleted(String id) {
    await()
        .untilAsserted(
            () ->
                assertThat(caller.status(id).object()).containsEntry("runtimeStatus", "Completed"));
  }

  private String why(String id) {
    return caller.why(id).body();
  }

  /** The figure of this name with these labels, as a scraper reads it; -1 when it is not told. */
  private long figure(String name) {
    Matcher line =
        Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\d+)(\\.0)?$")
            .matcher(caller.get("/runtime/webhooks/holdfast/metrics").body());
    return line.find() ? Long.parseLong(line.group(1)) : -1;
  }

  @Test
  void hanging_activities_hold_up_no_other_name_and_give_their_places_back_when_terminated()
      throws Exception {
    try (HostProcess host = start("\"stalledAfter\": \"1s\", \"extraPlaces\": 10")) {
      start("CallHang", "hang", PLACES);
      await().until(() -> figure("holdfast_work_running{kind=\"activity\"}") == PLACES);
      start("CallHang", "more", 3);
      start("CallSay", "say", 3);

      awaitCompleted("say2");
      assertThat(why("hang0")).contains("runs for", "activities-", "HangingFunctions.hang");
      await()
          .untilAsserted(
              () ->
                  assertThat(why("more1"))
                      .contains("queued behind 2", "places held by 'Hang' (20, the longest"));
      await().until(() -> figure("holdfast_places_held{kind=\"activity\"}") == PLACES);
      assertThat(figure("holdfast_backlog")).isGreaterThanOrEqualTo(3);
      await()
          .untilAsserted(
              () ->
                  assertThat(caller.get("/readyz").body())
                      .contains("No activity has ended for", "although some wait", "'Hang'"));
      assertThat(host.said()).containsOnlyOnce("Activities wait because places are held");

      for (int i = 0; i < PLACES; i++) {
        caller.terminate("hang" + i, "enough");
      }

      await().untilAsserted(() -> assertThat(why("more2")).contains("runs for"));
      assertThat(figure("holdfast_lost_threads")).isZero();
      host.stop();
    }
  }

  @Test
  void activities_that_ignore_the_interrupt_give_their_places_back_too() throws Exception {
    try (HostProcess host = start("\"extraPlaces\": 0")) {
      start("CallDeaf", "deaf", PLACES);
      await().until(() -> figure("holdfast_work_running{kind=\"activity\"}") == PLACES);
      start("CallSay", "say", 1);
      await().untilAsserted(() -> assertThat(why("say0")).contains("places held by 'Deaf' (20"));

      for (int i = 0; i < PLACES; i++) {
        caller.terminate("deaf" + i, "enough");
      }

      awaitCompleted("say0");
      await().until(() -> figure("holdfast_lost_threads{function=\"Deaf\"}") == PLACES);
      assertThat(caller.get("/readyz").status()).isEqualTo(200);
      host.stop();
    }
  }

  @Test
  void turns_that_do_not_end_block_their_instances_and_others_move_on() throws Exception {
    try (HostProcess host = start("\"turnTimeout\": \"1s\", \"lostThreads\": 30")) {
      start("Sleeps", "sleeps", PLACES);
      start("DeafTurn", "deaf", PLACES - 1);
      start("Loops", "loops", 2);
      start("Greet", "greet", 3);
      start("CallSay", "say", 3);

      awaitCompleted("greet2");
      awaitCompleted("say2");
      for (String id : new String[] {"sleeps0", "sleeps19", "deaf0", "deaf18", "loops1"}) {
        await()
            .untilAsserted(
                () ->
                    assertThat(why(id))
                        .contains("blocked", "turnTimeout", "Then: ./holdfast retry " + id)
                        .doesNotContain(".."));
        assertThat(caller.status(id).object().get("runtimeStatus")).isIn("Pending", "Running");
      }
      await()
          .until(
              () ->
                  figure("holdfast_lost_threads{function=\"DeafTurn\"}") == PLACES - 1
                      && figure("holdfast_lost_threads{function=\"Loops\"}") == 2);
      assertThat(why("loops0")).contains("HangingFunctions.loops");
      assertThat(caller.get("/readyz").status()).isEqualTo(200);

      caller.terminate("deaf0", "enough");
      await()
          .untilAsserted(
              () ->
                  assertThat(caller.status("deaf0").object())
                      .containsEntry("runtimeStatus", "Terminated"));
      host.stop();
    }
  }

  @Test
  void when_too_many_threads_are_lost_the_host_says_restart_and_still_works() throws Exception {
    try (HostProcess host = start("\"turnTimeout\": \"1s\", \"lostThreads\": 2")) {
      start("DeafTurn", "deaf", 4);

      await()
          .untilAsserted(
              () ->
                  assertThat(caller.get("/readyz").body())
                      .contains("2 threads are lost", "'DeafTurn'", "Restart the host"));
      assertThat(caller.get("/readyz").status()).isEqualTo(503);
      await().untilAsserted(() -> assertThat(why("deaf3")).contains("blocked"));
      start("CallSay", "say", 1);
      awaitCompleted("say0");
      host.stop();
    }
  }
}
