package dev.holdfast.host.peers.app;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.TaskFailedException;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Orchestrators that other engines have stumbled over, and the activities they call. */
public final class PeerFunctions {
  /** What an activity can throw. */
  public static final List<String> FAILURES =
      List.of("unchecked", "checked", "error", "silent", "nested", "own", "odd text");

  /** An exception that nobody outside the app knows. */
  public static final class OwnException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OwnException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** As many events as the input says, in the order in which they came. */
  @FunctionName("Listen")
  public List<Integer> listen(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    int count = context.getInput(Integer.class);
    List<Integer> heard = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      heard.add(context.waitForExternalEvent("Said", Integer.class).await());
      if (i % 10 == 9) {
        // Events that come meanwhile must not get lost.
        context.callActivity("Echo", "x", String.class).await();
      }
    }
    return heard;
  }

  @FunctionName("Echo")
  public String echo(@DurableActivityTrigger(name = "text") String text) {
    return text;
  }

  /** Sees an activity fail in every way there is, and goes on each time. */
  @FunctionName("Undaunted")
  public List<String> undaunted(
      @DurableOrchestrationTrigger(name = "context") TaskOrchestrationContext context) {
    List<String> seen = new ArrayList<>();
    for (String kind : FAILURES) {
      try {
        context.callActivity("Fail", kind, String.class).await();
        seen.add(kind + " did not fail");
      } catch (TaskFailedException e) {
        seen.add(kind + " in " + e.getTaskName());
      }
      context.callActivity("Echo", kind, String.class).await();
    }
    return seen;
  }

  @FunctionName("Fail")
  public String fail(@DurableActivityTrigger(name = "kind") String kind) throws IOException {
    switch (kind.replace("\"", "")) {
      case "checked" -> throw new IOException("the file is gone");
      case "error" -> throw new AssertionError("cannot be");
      case "silent" -> throw new IllegalStateException();
      case "nested" ->
          throw new IllegalStateException(
              "outer", new IOException("inner", new InterruptedException("innermost")));
      case "own" -> throw new OwnException("ours", new OwnException("its cause", new Error()));
      case "odd text" -> throw new IllegalArgumentException("\"{quotes}\"\n\u0007 {0} ü 🎉");
      default -> throw new IllegalArgumentException(kind);
    }
  }
}
