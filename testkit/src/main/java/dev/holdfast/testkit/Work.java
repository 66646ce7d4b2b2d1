package dev.holdfast.testkit;

import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the work of one engine and runs it on command, one item after the other in the order of
 * their hand-out, so that a test always sees the same order.
 */
final class Work implements Executor {
  private final List<UserCode> code;
  private final Consumer<WorkItem> begins;
  private final ArrayDeque<WorkItem> waiting = new ArrayDeque<>();
  private @Nullable Answers answers;

  /**
   * Creates an executor.
   *
   * @param code the objects that run work; the first one that serves an item runs it
   * @param begins receives each item before it runs
   */
  Work(List<UserCode> code, Consumer<WorkItem> begins) {
    this.code = code;
    this.begins = begins;
  }

  /**
   * Accepts every name, because work of an unknown name must make the test fail and must not wait.
   */
  @Override
  public boolean serves(WorkItem.Kind kind, String name) {
    return true;
  }

  @Override
  public int places(WorkItem.Kind kind) {
    return Integer.MAX_VALUE;
  }

  @Override
  public void execute(List<WorkItem> items, Answers answers) {
    this.answers = answers;
    waiting.addAll(items);
  }

  /** Drops items whose results are not needed any more, such as those of a terminated instance. */
  @Override
  public void recall(Set<Long> tokens, boolean atOnce) {
    if (atOnce) {
      waiting.removeIf(item -> tokens.contains(item.token()));
    }
  }

  /**
   * Runs the items that were handed out before the call.
   *
   * @return the number of these items
   * @throws AssertionError the test must fail: a name is unknown, or code does not end
   */
  int run() {
    List<WorkItem> now = new ArrayList<>(waiting);
    for (WorkItem item : now) {
      if (waiting.remove(item)) {
        begins.accept(item);
        Answer answer = codeOf(item).run(item);
        if (answer != null) {
          give(answer);
        }
      }
    }
    return now.size();
  }

  /** Passes on an answer that was given at a later virtual time. */
  void give(Answer answer) {
    Answers to = answers;
    if (to == null) {
      throw new IllegalStateException("expected an answer to an item, but none was handed out");
    }
    to.answer(answer);
  }

  private UserCode codeOf(WorkItem item) {
    for (UserCode one : code) {
      if (one.serves(item)) {
        return one;
      }
    }
    throw new AssertionError(unknown(item));
  }

  private String unknown(WorkItem item) {
    String kind = item.kind().word();
    Collection<String> known = new TreeSet<>();
    code.forEach(one -> known.addAll(one.names(item.kind())));
    String cure =
        switch (item.kind()) {
          case ACTIVITY ->
              "register the class that has it (functions = …) or fake it:"
                  + " hub.activity(\"%s\").returns(…)".formatted(item.name());
          case ORCHESTRATOR ->
              "register the class that has it (functions = …) or fake it:"
                  + " hub.orchestrator(\"%s\").returns(…)".formatted(item.name());
          case ENTITY ->
              "register the class that has it (functions = …) or fake its operations:"
                  + " hub.entityOperation(\"%s\", operation).returns(…)".formatted(item.name());
        };
    return "Instance '%s' needs %s '%s', which this test neither registers nor fakes. Check the spelling, %s. %s"
        .formatted(
            item.instanceId(),
            kind,
            item.name(),
            cure,
            known.isEmpty()
                ? "There is no " + kind + " here."
                : "Known here: " + String.join(", ", known) + ".");
  }
}
