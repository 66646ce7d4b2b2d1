package dev.holdfast.functions.durable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.context.Conversions.ActivityStringInput;
import dev.holdfast.functions.invoking.FunctionPlan;
import dev.holdfast.functions.invoking.Invocation;
import dev.holdfast.functions.invoking.Texts;
import dev.holdfast.functions.invoking.TriggerInput;
import dev.holdfast.functions.invoking.ValueWriter;
import dev.holdfast.functions.invoking.Wire;
import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.functions.work.RunLimits;
import dev.holdfast.functions.work.TimeLimit;
import dev.holdfast.protocol.ActivityRequest;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.TraceContext;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs one activity: it takes JSON text and answers with JSON text or a failure. */
final class ActivityRunner {

  private static final JsonMapper JSON = new JsonMapper();

  private final ValueWriter writer;
  private final FunctionLog log;
  private final boolean shortFailureNames;
  private final boolean unwrapped;
  private final AtomicBoolean hinted = new AtomicBoolean();

  ActivityRunner(ValueWriter writer, AppContext context) {
    this.writer = writer;
    this.log = context.log();
    this.shortFailureNames = context.conversions().shortFailureNames();
    this.unwrapped = context.conversions().activityStringInput() == ActivityStringInput.UNWRAPPED;
  }

  /** Runs the activity on the calling thread, which must be the thread of {@code task}. */
  Answer run(WorkItem.Activity activity, FunctionPlan plan, ItemTask task) {
    ActivityResponse.Builder response = response(activity);
    Invocation invocation = plan.begin(input(activity.request(), plan), work(activity));
    Narration narration = Narration.begin(log, invocation);
    TimeLimit.Run timed =
        task.begin(
            RunLimits.Kind.ACTIVITY,
            late -> {
              narration.end(late);
              return failed(activity, task, late);
            });
    Throwable failure = null;
    try (timed) {
      plan.run(invocation);
      timed.end();
      Wire result = writer.write(invocation.getReturnValue());
      String json = Texts.json(result);
      Texts.check("result of activity '" + activity.name() + "'", json);
      response.setResult(StringValue.of(json));
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      failure = timed.failure(Failures.unwrapped(e));
    }
    if (!timed.isGivenUp()) {
      narration.end(failure);
    }
    return failure == null
        ? new Answer.ActivityDone(activity, response.build())
        : failed(activity, task, failure);
  }

  private static FunctionLog.Work work(WorkItem.Activity activity) {
    int attempt = Math.max(1, activity.request().getAttempt());
    return new FunctionLog.Work(activity.instanceId(), activity.taskId(), attempt, false);
  }

  private static ActivityResponse.Builder response(WorkItem.Activity activity) {
    return ActivityResponse.newBuilder()
        .setInstanceId(activity.instanceId())
        .setTaskId(activity.taskId());
  }

  private Answer failed(WorkItem.Activity activity, ItemTask task, Throwable failure) {
    Answer recalled = task.recalled(failure);
    return recalled != null
        ? recalled
        : new Answer.ActivityDone(
            activity,
            response(activity).setFailureDetails(Failures.of(failure, shortFailureNames)).build());
  }

  private TriggerInput input(ActivityRequest request, FunctionPlan plan) {
    String text = request.hasInput() ? request.getInput().getValue() : "";
    Function<String, @Nullable Wire> metadata =
        name ->
            name.equals("instanceId")
                ? new Wire.Text(request.getOrchestrationInstance().getInstanceId())
                : null;
    return new TriggerInput(value(text, plan), metadata, trace(request));
  }

  private Wire value(String text, FunctionPlan plan) {
    if (text.isEmpty() || text.equals("null")) {
      return Wire.NULL;
    }
    boolean quoted = text.charAt(0) == '"' && plan.triggerTakesText();
    if (quoted && !unwrapped && !hinted.get() && hinted.compareAndSet(false, true)) {
      hint(plan);
    }
    return new Wire.Text(quoted && unwrapped ? unquoted(text) : text);
  }

  private void hint(FunctionPlan plan) {
    log.say(
        new FunctionLog.Entry(
            Instant.now(),
            FunctionLog.Severity.INFORMATION,
            plan.definition().name(),
            "",
            "Text parameters of activities receive JSON strings with their quotes, as in the cloud."
                + " To get them without, set extensions.durableTask.activityStringInput to"
                + " 'unwrapped' in host.json.",
            null));
  }

  private static String unquoted(String text) {
    try {
      return JSON.readValue(text, String.class);
    } catch (JsonProcessingException e) {
      return text; // The text is not JSON, so it is passed on unchanged.
    }
  }

  private static TriggerInput.Trace trace(ActivityRequest request) {
    if (!request.hasParentTraceContext()) {
      return TriggerInput.Trace.NONE;
    }
    TraceContext context = request.getParentTraceContext();
    return new TriggerInput.Trace(context.getTraceParent(), context.getTraceState().getValue());
  }
}
