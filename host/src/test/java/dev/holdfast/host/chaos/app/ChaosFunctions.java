package dev.holdfast.host.chaos.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskFailedException;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Orchestrators whose output can be predicted, and activities that leave a trace outside.
 *
 * <p>Every activity names itself by instance and step to the outside world, which counts; so it can
 * be told afterwards how often each one ran, and in which life of the process.
 */
public final class ChaosFunctions {

  /** What an activity is asked to do. */
  public static final class Step {
    public String key = "";
    public int value;
  }

  /** What a generation hands to the next. */
  public static final class Heard {
    public int generation;
    public String words = "";
  }

  private static Step step(TaskOrchestrationContext context, String name, int value) {
    Step step = new Step();
    step.key = context.getInstanceId() + "/" + name;
    step.value = value;
    return step;
  }

  private static Task<Integer> doWork(TaskOrchestrationContext context, String name, int value) {
    return context.callActivity("Work", step(context, name, value), Integer.class);
  }

  /** One activity after the other, each with the result of the last. */
  @FunctionName("Chain")
  public int chain(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    int value = context.getInput(Integer.class);
    for (int i = 0; i < 4; i++) {
      value = doWork(context, "link" + i, value).await();
    }
    return value;
  }

  /** As many activities at once as the input says. */
  @FunctionName("Fan")
  public int fan(@DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    int width = context.getInput(Integer.class);
    List<Task<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      tasks.add(doWork(context, "blade" + i, i));
    }
    return context.allOf(tasks).await().stream().mapToInt(Integer::intValue).sum();
  }

  /** All events until as many senders as the input says have said goodbye, in order of arrival. */
  @FunctionName("Gather")
  public String gather(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    int senders = context.getInput(Integer.class);
    List<String> words = new ArrayList<>();
    Set<String> gone = new HashSet<>();
    while (gone.size() < senders) {
      String word = context.waitForExternalEvent("word", String.class).await();
      words.add(word);
      if (word.startsWith("bye")) {
        gone.add(word);
      }
      context.setCustomStatus(words.size());
      if (words.size() % 4 == 0) {
        // What arrives meanwhile is buffered.
        doWork(context, "pause" + words.size(), 0).await();
      }
    }
    return String.join(" ", words);
  }

  /** As gather, but with a new generation after every event. */
  @FunctionName("Rounds")
  public String rounds(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    Heard heard = context.getInput(Heard.class);
    String word = context.waitForExternalEvent("word", String.class).await();
    doWork(context, "round" + heard.generation, 0).await();
    heard.words = heard.words.isEmpty() ? word : heard.words + " " + word;
    heard.generation++;
    if (!word.startsWith("bye")) {
      context.continueAsNew(heard, true);
    }
    return heard.words;
  }

  /** Three timers; tells whether one of them was early. */
  @FunctionName("Naps")
  public String naps(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    int millis = context.getInput(Integer.class);
    for (int i = 1; i <= 3; i++) {
      Instant due = context.getCurrentInstant().plusMillis((long) millis * i);
      context.createTimer(Duration.ofMillis((long) millis * i)).await();
      if (context.getCurrentInstant().isBefore(due)) {
        return "early";
      }
    }
    return "in time";
  }

  /** Three children with ids of their own, two at once. */
  @FunctionName("Family")
  public int family(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    int seed = context.getInput(Integer.class);
    String id = context.getInstanceId();
    Task<Integer> first = context.callSubOrchestrator("Chain", seed, id + ".first", Integer.class);
    Task<Integer> second = context.callSubOrchestrator("Fan", 3, id + ".second", Integer.class);
    int sum = first.await() + second.await();
    return context.callSubOrchestrator("Chain", sum, id + ".third", Integer.class).await();
  }

  /** Never ends by itself; as many descendants, one below the other, as the input says. */
  @FunctionName("Forever")
  public String forever(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    int depth = context.getInput(Integer.class);
    if (depth > 0) {
      return context
          .callSubOrchestrator("Forever", depth - 1, context.getInstanceId() + ".x", String.class)
          .await();
    }
    return context.waitForExternalEvent("never", String.class).await();
  }

  /** Does two things, fails at the third, and undoes the two, newest first. */
  @FunctionName("Undo")
  public String undo(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    doWork(context, "do1", 0).await();
    doWork(context, "do2", 0).await();
    try {
      context.callActivity("Break", step(context, "do3", 0), Integer.class).await();
      return "nothing failed";
    } catch (TaskFailedException e) {
      doWork(context, "undo2", 0).await();
      doWork(context, "undo1", 0).await();
      return "undone";
    }
  }

  /** Fails. */
  @FunctionName("Doomed")
  public String doomed(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    doWork(context, "last", 0).await();
    throw new IllegalStateException("on purpose");
  }

  /** Keeps the payload it was given; for filling a disk. */
  @FunctionName("Keep")
  public int keep(@DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    return context.getInput(String.class).length();
  }

  @FunctionName("Work")
  public int work(@DurableActivityTrigger(name = "step") Step step) throws IOException {
    tell(step.key);
    return result(step.value);
  }

  @FunctionName("Break")
  public int breakDown(@DurableActivityTrigger(name = "step") Step step) throws IOException {
    tell(step.key);
    throw new IllegalArgumentException("broken on purpose");
  }

  /** What {@code Work} makes of a value. */
  public static int result(int value) {
    return value % 1_000 * 3 + 1;
  }

  /** Returns when the outside world has taken note. */
  private static void tell(String key) throws IOException {
    int port = Integer.getInteger("chaos.outside");
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write((Integer.getInteger("chaos.life") + " " + key + "\n").getBytes(UTF_8));
      if (socket.getInputStream().read() < 0) {
        throw new IOException("the outside world did not answer");
      }
    }
  }
}
