package dev.holdfast.functions.outgoing;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.core.WorkItem;
import dev.holdfast.functions.outgoing.OutgoingRequest.Header;
import dev.holdfast.functions.work.WorkPool;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.TaskFailureDetails;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;

/**
 * Runs the activity {@code BuiltIn::HttpActivity}, through which SDKs let orchestrators make HTTP
 * requests without an activity of their own.
 *
 * <p>Each activity makes one request and returns one answer: the SDK does the polling after a 202,
 * because it puts a durable timer between two polls. Any status is an answer; the activity fails
 * when the request was refused, in which case a retry does not help, or when it got no answer in
 * time.
 */
public final class HttpActivity implements Executor, AutoCloseable {
  /** SDKs call the activity by this name. */
  public static final String NAME = "BuiltIn::HttpActivity";

  private static final int STEADY = 4;
  private static final int MOST = 128;
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final JsonMapper JSON = new JsonMapper();

  /** The values of these headers are hidden, because they would stay in the history. */
  private static final Set<String> SECRET = Set.of("set-cookie", "set-cookie2", "authorization");

  /**
   * Makes the client when the first request arrives, because most hosts never need it and it would
   * delay their start.
   */
  private final Supplier<OutgoingHttp> maker;

  private @Nullable OutgoingHttp http;
  private final WorkPool pool = new WorkPool("outgoing", STEADY, MOST, IDLE);
  private volatile boolean closing;
  private volatile boolean cutting;

  /**
   * Creates the executor of this activity.
   *
   * @param bodyMax the maximum size of an answer in bytes
   */
  public HttpActivity(Destinations destinations, int bodyMax) {
    this(destinations, SystemDefaultDnsResolver.INSTANCE, bodyMax);
  }

  HttpActivity(Destinations destinations, DnsResolver names, int bodyMax) {
    this.maker = () -> new OutgoingHttp(destinations, names, bodyMax);
  }

  private synchronized OutgoingHttp http() {
    OutgoingHttp made = http;
    if (made == null) {
      made = maker.get();
      http = made;
    }
    return made;
  }

  @Override
  public boolean serves(WorkItem.Kind kind, String name) {
    return kind == WorkItem.Kind.ACTIVITY && name.equalsIgnoreCase(NAME);
  }

  @Override
  public List<String> lists(WorkItem.Kind kind) {
    return kind == WorkItem.Kind.ACTIVITY ? List.of(NAME) : List.of();
  }

  @Override
  public int places(WorkItem.Kind kind) {
    return closing || kind != WorkItem.Kind.ACTIVITY ? 0 : Math.max(0, MOST - pool.load());
  }

  @Override
  public void execute(List<WorkItem> items, Answers answers) {
    pool.submit(items.stream().map(item -> task((WorkItem.Activity) item, answers)).toList());
  }

  private WorkPool.Task task(WorkItem.Activity item, Answers answers) {
    return new WorkPool.Task() {
      @Override
      public void run() {
        Answer answer;
        try {
          answer = new Answer.ActivityDone(item, response(item));
        } catch (OutOfMemoryError e) {
          answer = new Answer.Abandoned(item, "out of memory: " + e.getMessage());
        }
        // A request that failed by itself cannot be distinguished from one that was cut off.
        answers.answer(
            cutting ? new Answer.Abandoned(item, "cut off because the host is stopping") : answer);
      }

      @Override
      public String name() {
        return NAME;
      }

      @Override
      public void abandon(String reason) {
        answers.answer(new Answer.Abandoned(item, reason));
      }
    };
  }

  private ActivityResponse response(WorkItem.Activity item) {
    ActivityResponse.Builder response =
        ActivityResponse.newBuilder().setInstanceId(item.instanceId()).setTaskId(item.taskId());
    try {
      OutgoingHttp.Reply reply =
          http().send(OutgoingRequest.parse(item.request().getInput().getValue()));
      response.setResult(StringValue.of(json(reply)));
    } catch (OutgoingException e) {
      response.setFailureDetails(failure("HttpRequestRefused", e, true));
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      // Every failure must reach the waiting orchestration.
      response.setFailureDetails(failure("HttpRequestFailed", e, false));
    }
    return response.build();
  }

  private static TaskFailureDetails failure(String type, Throwable e, boolean nonRetriable) {
    return TaskFailureDetails.newBuilder()
        .setErrorType(type)
        .setErrorMessage(e.getMessage() == null ? e.toString() : e.getMessage())
        .setIsNonRetriable(nonRetriable)
        .build();
  }

  private static String json(OutgoingHttp.Reply reply) {
    ObjectNode json = JSON.createObjectNode();
    json.put("statusCode", reply.status());
    Map<String, ArrayNode> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Header header : reply.headers()) {
      boolean secret = SECRET.contains(header.name().toLowerCase(Locale.ROOT));
      byName
          .computeIfAbsent(header.name(), name -> JSON.createArrayNode())
          .add(secret ? "***" : header.value());
    }
    ObjectNode headers = json.putObject("headers");
    byName.forEach(
        (name, values) -> headers.set(name, values.size() == 1 ? values.get(0) : values));
    json.put("content", reply.content());
    return json.toString();
  }

  /**
   * Stops taking requests and waits for the running ones. Returns false when they have not ended
   * within {@code patience}.
   */
  public boolean drain(Duration patience) {
    closing = true;
    return pool.drain(patience) == 0;
  }

  /** Cuts off running requests; they are answered as abandoned, so that they run again. */
  @Override
  public void close() {
    closing = true;
    cutting = true;
    synchronized (this) {
      if (http != null) {
        http.close();
      }
    }
    pool.close();
  }
}
