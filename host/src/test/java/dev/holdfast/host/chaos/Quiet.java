package dev.holdfast.host.chaos;

import dev.holdfast.host.chaos.Caller.Reply;
import java.io.IOException;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/** The end of a load: every instance ends, or it is told what holds it up. */
record Quiet(HostProcess host, Caller caller, Load load) {

  private static final int SHOWN_MAX = 5;

  /** Returns when clients have nothing more to send and every instance of the hub has ended. */
  void await() throws IOException {
    long before;
    do {
      before = load.ended();
      awaitProgress(before);
    } while (!isQuiet());
  }

  /** As long as something ends now and then it is slow, but not stuck. */
  private void awaitProgress(long before) throws IOException {
    try {
      Patience.await().until(() -> isQuiet() || load.ended() > before || !host.isAlive());
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(stuck(), e);
    }
    if (!host.isAlive()) {
      throw new AssertionError("the host ended by itself: " + host.said());
    }
  }

  private boolean isQuiet() {
    return !load.isPlaying() && load.ended() == load.stories().size() && nothingRuns();
  }

  private boolean nothingRuns() {
    Reply reply =
        caller.get(
            "/runtime/webhooks/durabletask/instances?runtimeStatus=Running,Pending,Suspended&top=1");
    return reply.status() == 200 && reply.body().equals("[]");
  }

  private String stuck() throws IOException {
    String left =
        load.stories().stream()
            .filter(it -> !it.hasEnded())
            .limit(SHOWN_MAX)
            .map(it -> it.id + ": " + caller.why(it.id).body() + "\n" + caller.status(it.id).body())
            .collect(Collectors.joining("\n"));
    return "nothing has ended for a minute. "
        + load.figures()
        + ", still sending: "
        + load.isPlaying()
        + "\n"
        + left
        + "\n"
        + host.said()
        + "\n"
        + host.threads();
  }
}
