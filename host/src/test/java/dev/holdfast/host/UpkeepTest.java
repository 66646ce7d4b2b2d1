package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Problems;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.engine.clock.ClockState;
import dev.holdfast.engine.clock.Clocks;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.host.config.HostConfig;
import dev.holdfast.host.config.HostLimits;
import dev.holdfast.protocol.CreateInstanceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A real hub on a memory store, with nobody who runs anything: instances end by being terminated.
 */
@Timeout(60)
class UpkeepTest {
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("Host.Upkeep");

  @TempDir Path folder;

  private final ListAppender<ILoggingEvent> told = new ListAppender<>();
  private final Engine engine =
      new Engine(
          new MemoryStore(),
          new Engine.Settings(
              dev.holdfast.core.Limits.DEFAULT,
              1,
              WhenUnserved.WAITS,
              Clocks.of(InstantSource.system(), System::nanoTime),
              new Random(1),
              Set.of()),
          new NoProblems(),
          reason -> {
            throw new IllegalStateException(reason);
          });
  private final TaskHub hub = engine.taskHub();

  private static final class NoProblems implements Problems {
    @Override
    public void impossible(String what) {
      throw new IllegalStateException(what);
    }

    @Override
    public void warn(String what) {
      throw new IllegalStateException(what);
    }
  }

  @BeforeEach
  void start() {
    engine.start();
    told.start();
    LOGGER.setLevel(Level.INFO);
    LOGGER.addAppender(told);
  }

  @AfterEach
  void stop() {
    LOGGER.detachAppender(told);
    LOGGER.setLevel(null);
    engine.close();
  }

  private HostLimits limits(String json) throws IOException {
    Files.writeString(
        folder.resolve("host.json"),
        "{\"version\":\"2.0\",\"extensions\":{\"holdfast\":" + json + "}}");
    return HostConfig.read(folder, Map.of(), 1).limits();
  }

  private void start(String id) {
    hub.start(CreateInstanceRequest.newBuilder().setInstanceId(id).setName("X").build()).join();
  }

  private boolean isThere(String id) {
    return hub.get(id, false).join().isPresent();
  }

  @Test
  void ended_instances_go_when_their_time_has_come_and_others_stay() throws Exception {
    start("ended");
    start("live"); // for ever: nobody runs it
    hub.terminate("ended", null, false).join();
    await()
        .until(
            () -> hub.get("ended", false).join().orElseThrow().getOrchestrationStatusValue() == 5);
    HostLimits limits = limits("{\"retention\":{\"enabled\":true,\"terminated\":\"7d\"}}");
    Instant now = Instant.now();

    try (Upkeep early = upkeep(limits, now.plus(Duration.ofDays(6)))) {
      early.run();
      assertThat(isThere("ended")).isTrue();
    }
    try (Upkeep due = upkeep(limits, now.plus(Duration.ofDays(8)))) {
      due.run();
      assertThat(isThere("ended")).isFalse();
      assertThat(isThere("live")).isTrue();
    }
    assertThat(told())
        .containsExactly("Purged 1 instances that ended as Terminated more than 7d ago.");
  }

  @Test
  void nothing_goes_unless_it_was_asked_for() throws Exception {
    start("ended");
    hub.terminate("ended", null, false).join();

    try (Upkeep upkeep =
        upkeep(limits("{\"retention\":{\"age\":\"1s\"}}"), Instant.now().plusSeconds(1_000_000))) {
      upkeep.run();
    }

    assertThat(isThere("ended")).isTrue();
  }

  @Test
  void nothing_is_old_by_a_clock_that_has_jumped() throws Exception {
    start("ended");
    hub.terminate("ended", null, false).join();
    Instant later = Instant.now().plusSeconds(1_000_000_000);

    try (Upkeep upkeep =
        new Upkeep(
            hub,
            () -> 0,
            limits("{\"retention\":{\"enabled\":true,\"age\":\"1s\"}}"),
            () -> new ClockState(later, later, "It has jumped."))) {
      upkeep.run();
    }

    assertThat(isThere("ended")).isTrue();
    assertThat(told()).containsExactly("Nothing is purged for its age: It has jumped.");
  }

  @Test
  void growth_is_told_at_the_limit_and_at_each_doubling() throws Exception {
    long[] bytes = {0};
    HostLimits limits = limits("{\"fileGrowthWarning\":\"1MiB\"}");
    try (Upkeep upkeep = new Upkeep(hub, () -> bytes[0], limits, engine::clock)) {
      for (double mebibytes : new double[] {0.5, 1.1, 1.9, 2.1, 9, 15, 17}) {
        bytes[0] = (long) (mebibytes * (1 << 20));
        upkeep.run();
      }
    }

    assertThat(told().stream().map(it -> it.replaceAll("\\. .*", "")))
        .containsExactly(
            "The store has grown to 1.1 MiB",
            "The store has grown to 2.1 MiB",
            "The store has grown to 9.0 MiB",
            "The store has grown to 17.0 MiB");
  }

  private Upkeep upkeep(HostLimits limits, Instant now) {
    return new Upkeep(hub, () -> 0, limits, () -> new ClockState(now, now, null));
  }

  private List<String> told() {
    return told.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
