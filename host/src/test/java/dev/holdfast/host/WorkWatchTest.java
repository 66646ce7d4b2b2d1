package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.core.Blocked;
import dev.holdfast.core.WorkItem;
import dev.holdfast.engine.dispatch.UnservedWork;
import dev.holdfast.engine.dispatch.UnservedWork.Wanted;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is told of work that nobody serves, and how often. */
class WorkWatchTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger("Host.Workers");
  private final ListAppender<ILoggingEvent> told = new ListAppender<>();
  private List<UnservedWork> unserved = List.of();
  private Map<Blocked.Kind, Integer> blocked = Map.of();
  private final WorkWatch watch = new WorkWatch(() -> unserved, () -> blocked);

  @BeforeEach
  void listen() {
    told.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(told);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(told);
    watch.close();
  }

  private List<String> told() {
    return told.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private void look(UnservedWork... now) {
    unserved = List.of(now);
    watch.look();
  }

  private static UnservedWork activity(String name, int waiting) {
    return new UnservedWork(new Wanted(WorkItem.Kind.ACTIVITY, name, null), waiting);
  }

  @Test
  void a_name_is_told_once_however_much_waits_and_once_when_it_is_over() {
    for (int i = 1; i < 10; i++) {
      look(activity("Charge", i));
    }
    assertThat(told())
        .containsExactly("No connected worker serves activity 'Charge': 2 wait for one.");
    assertThat(watch.current()).containsExactly(activity("Charge", 9));

    look();
    look();
    assertThat(told()).hasSize(2).last().asString().contains("any more", "activity 'Charge'");
    assertThat(watch.current()).isEmpty();

    look(activity("Charge", 1));
    look(activity("Charge", 1));
    assertThat(told()).last().asString().contains("1 waits for one");
  }

  @Test
  void what_is_blocked_when_the_host_starts_is_told_once() {
    blocked = Map.of(Blocked.Kind.HANGS, 2);
    look();
    blocked = Map.of(Blocked.Kind.HANGS, 3);
    look();

    assertThat(told())
        .containsExactly(
            "2 instances are blocked (2 by code that does not end); 'holdfast list --status"
                + " blocked' shows them, 'holdfast why ID' tells the reason.");
    assertThat(watch.blocked()).isEqualTo(blocked);
  }

  @Test
  void the_short_absence_of_a_worker_is_not_worth_a_word() {
    look(activity("Charge", 7));
    look();
    look(activity("Charge", 7));
    look();

    assertThat(told()).isEmpty();
  }

  @Test
  void who_makes_up_names_fills_neither_logs_nor_metrics() {
    UnservedWork[] many =
        IntStream.range(0, 5_000).mapToObj(i -> activity("A" + i, i)).toArray(UnservedWork[]::new);
    look(many);
    look(many);

    assertThat(told()).hasSize(WorkWatch.NAMES_MAX);
    assertThat(watch.current()).hasSize(WorkWatch.NAMES_MAX).first().isEqualTo(many[4_999]);
  }
}
