package dev.holdfast.host.chaos;

import static dev.holdfast.host.chaos.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.host.chaos.Caller.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts that come in while the host itself is starting, and recovering what was there before. */
class StartStormTest {
  private static final int STARTS = 5_000;
  private static final int CLIENTS = 16;
  private static final int LEFT_OVER = 200;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  /** The peer corpus calls this PC-1: a recovery that takes a start of just now for an old one. */
  @Test
  void what_is_started_while_the_host_boots_runs_once_and_so_does_what_it_recovers()
      throws Exception {
    try (OutsideWorld outside = new OutsideWorld()) {
      HostProcess.Plan plan = HostProcess.Plan.in(folder, outside, "");
      Caller caller = new Caller(plan.url());
      outside.hold();
      try (HostProcess first = HostProcess.start(plan, 1)) {
        for (int i = 0; i < LEFT_OVER; i++) {
          assertThat(caller.start("Fan", "old" + i, "1").status()).isEqualTo(202);
        }
        first.kill();
      }
      outside.release();

      try (HostProcess host = HostProcess.begin(plan, 2)) {
        List<Integer> unknown = storm(caller);
        host.awaitReady();
        await()
            .atMost(PATIENCE)
            .until(() -> outside.attempts().size() == STARTS + LEFT_OVER && nothingRuns(caller));
        host.stop();

        assertThat(outside.attempts())
            .allSatisfy(
                (step, lives) -> {
                  assertThat(lives).doesNotHaveDuplicates();
                  assertThat(step.startsWith("old") || lives.equals(List.of(2))).isTrue();
                });
        assertThat(unknown).as("nothing was cut off").isEmpty();
        assertThat(host.complaints()).isEmpty();
      }
    }
  }

  /**
   * Begins before anybody listens, without a pause; returns the numbers of starts nobody knows of.
   */
  private static List<Integer> storm(Caller caller) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<List<Integer>>> all = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        int first = client;
        all.add(
            clients.submit(
                () ->
                    IntStream.iterate(first, i -> i < STARTS, i -> i + CLIENTS)
                        .filter(i -> !isStarted(caller, i))
                        .boxed()
                        .toList()));
      }
      List<Integer> unknown = new ArrayList<>();
      for (Future<List<Integer>> each : all) {
        unknown.addAll(each.get());
      }
      return unknown;
    } finally {
      clients.shutdownNow();
    }
  }

  private static boolean isStarted(Caller caller, int number) {
    while (true) {
      Reply reply = caller.start("Fan", "new" + number, "1");
      if (!reply.isNotNow()) {
        assertThat(reply.status()).as(reply.toString()).isIn(202, 0);
        return reply.status() == 202;
      }
    }
  }

  private static boolean nothingRuns(Caller caller) {
    return caller
        .get("/runtime/webhooks/durabletask/instances?runtimeStatus=Running,Pending&top=1")
        .body()
        .equals("[]");
  }
}
