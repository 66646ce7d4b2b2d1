package dev.holdfast.samples.fanout;

import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import com.microsoft.durabletask.azurefunctions.DurableClientInput;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import dev.holdfast.orchestrations.FanOut;
import dev.holdfast.samples.Starter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Shows fan-out/fan-in: many pieces of work run at once, and their results are combined into one.
 *
 * <p>Use this pattern when the pieces do not depend on each other. The number of pieces that run at
 * a time is bounded, so that a long list does not flood the service that the activities call.
 *
 * <pre>
 * curl -X POST http://localhost:7071/api/StartWordCount
 * curl -X POST http://localhost:7071/api/StartWordCount -H 'Content-Type: application/json' \
 *      -d '{"texts":["to be or not to be","that is the question"],"inFlightMax":2}'
 * </pre>
 *
 * <p>The output of the second request is {@code {"total":10,"counts":[6,4]}}.
 */
public class WordCount {

  @FunctionName("StartWordCount")
  public HttpResponseMessage start(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET, HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    return Starter.start(request, durable, "WordCount", Job.class);
  }

  @FunctionName("WordCount")
  public Counted wordCount(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Job given = ctx.getInput(Job.class);
    Job job = given == null ? new Job() : given;

    List<Integer> counts =
        FanOut.over(
                ctx,
                job.texts,
                text -> ctx.callActivity("CountWords", new Text(text), Integer.class))
            .inFlightMax(job.inFlightMax)
            .attempts(3, Duration.ofSeconds(5))
            .join();

    int total = counts.stream().mapToInt(Integer::intValue).sum();
    return new Counted(total, counts);
  }

  @FunctionName("CountWords")
  public int countWords(@DurableActivityTrigger(name = "text") Text text) {
    String words = text.words.strip();
    return words.isEmpty() ? 0 : words.split("\\s+", -1).length;
  }

  /** Holds the orchestration's input; members that the input leaves out keep these values. */
  public static class Job {
    public List<String> texts =
        List.of("to be or not to be", "that is the question", "whether 'tis nobler in the mind");
    public int inFlightMax = 10;
  }

  /** Holds the input of an activity that counts one text's words. */
  public static class Text {
    public String words = "";

    public Text() {}

    public Text(String words) {
      this.words = words;
    }
  }

  /** Holds the orchestration's output: the sum, and each text's count in the order of the texts. */
  public static class Counted {
    public int total;
    public List<Integer> counts;

    public Counted(int total, List<Integer> counts) {
      this.total = total;
      this.counts = counts;
    }
  }
}
