package dev.holdfast.samples.eternal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.microsoft.azure.functions.ExecutionContext;
import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.DurableTaskClient;
import com.microsoft.durabletask.OrchestrationMetadata;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import com.microsoft.durabletask.azurefunctions.DurableClientInput;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import dev.holdfast.orchestrations.Sleep;
import dev.holdfast.samples.Starter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Shows an eternal orchestration: it repeats the same work forever without a growing history.
 *
 * <p>Use this pattern when the next round should begin some time after the <em>end</em> of the
 * previous one, so that rounds never overlap. Each round continues as new: the next one has an
 * empty history and gets the state. The instance ID is fixed, so there is never more than one
 * instance; a second start shows the running one.
 *
 * <pre>
 * curl -X POST http://localhost:7071/api/StartPeriodicCleanUp -H 'Content-Type: application/json' \
 *      -d '{"everyMillis":10000,"olderThanMillis":60000}'
 * curl http://localhost:7071/runtime/webhooks/durabletask/instances/periodic-clean-up
 * curl -X POST 'http://localhost:7071/runtime/webhooks/durabletask/instances/periodic-clean-up/terminate?reason=enough'
 * </pre>
 *
 * <p>The orchestration removes files named {@code *.tmp} from the folder in setting {@code
 * CLEAN_UP_FOLDER}, or, without that setting, from {@code holdfast-clean-up} in the system's
 * temporary folder.
 *
 * <p>An eternal orchestration that also waits for events should know that client library 1.5.0
 * hands events that it has already used over to the next execution, so the reaction to an event
 * must be safe to repeat.
 */
public class PeriodicCleanUp {

  static final String INSTANCE_ID = "periodic-clean-up";

  @FunctionName("StartPeriodicCleanUp")
  public HttpResponseMessage start(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET, HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    Plan plan;
    try {
      plan = Starter.read(request, Plan.class);
    } catch (JsonProcessingException e) {
      return Starter.badBody(request, e);
    }
    try (DurableTaskClient client = durable.getClient()) {
      OrchestrationMetadata running = client.getInstanceMetadata(INSTANCE_ID, false);
      if (running == null || !running.isInstanceFound() || running.isCompleted()) {
        client.scheduleNewOrchestrationInstance("PeriodicCleanUp", plan, INSTANCE_ID);
      }
      return durable.createCheckStatusResponse(request, INSTANCE_ID);
    }
  }

  @FunctionName("PeriodicCleanUp")
  public Plan periodicCleanUp(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Plan given = ctx.getInput(Plan.class);
    Plan plan = given == null ? new Plan() : given;

    plan.removed += ctx.callActivity("RemoveOldFiles", plan, Integer.class).await();
    plan.rounds++;
    ctx.setCustomStatus("rounds: " + plan.rounds + ", files removed: " + plan.removed);

    if (plan.roundsMax == 0 || plan.rounds < plan.roundsMax) {
      Sleep.during(ctx, Duration.ofMillis(plan.everyMillis));
      ctx.continueAsNew(plan);
    }
    return plan;
  }

  @FunctionName("RemoveOldFiles")
  public int removeOldFiles(
      @DurableActivityTrigger(name = "plan") Plan plan, ExecutionContext context)
      throws IOException {
    Path folder = folder();
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    Instant youngest = Instant.now().minusMillis(plan.olderThanMillis);
    int removed = 0;
    for (Path file : temporaryFiles(folder)) {
      if (Files.getLastModifiedTime(file).toInstant().isBefore(youngest)) {
        Files.deleteIfExists(file);
        removed++;
      }
    }
    context.getLogger().info("Removed " + removed + " files from " + folder);
    return removed;
  }

  private static List<Path> temporaryFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(".tmp"))
          .toList();
    }
  }

  private static Path folder() {
    String named = System.getenv("CLEAN_UP_FOLDER");
    return named == null || named.isBlank()
        ? Path.of(System.getProperty("java.io.tmpdir"), "holdfast-clean-up")
        : Path.of(named);
  }

  /** Holds the orchestration's input, which each round also hands to the next. */
  public static class Plan {
    public long everyMillis = Duration.ofMinutes(1).toMillis();
    public long olderThanMillis = Duration.ofHours(1).toMillis();

    /** Limits the number of rounds; 0 means that there is no limit. */
    public int roundsMax;

    public int rounds;
    public int removed;
  }
}
