package dev.holdfast.server.grpc.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Empty;
import com.google.protobuf.StringValue;
import dev.holdfast.core.Answer;
import dev.holdfast.core.Executor;
import dev.holdfast.protocol.ActivityRequest;
import dev.holdfast.protocol.ActivityResponse;
import dev.holdfast.protocol.CompleteTaskResponse;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.HealthPing;
import dev.holdfast.protocol.OrchestrationInstance;
import dev.holdfast.protocol.WorkItem;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A host that works for a hub elsewhere, while Errors are thrown in it. */
@Timeout(120)
class RemoteWorkTest {
  private final AtomicInteger streams = new AtomicInteger();
  private final AtomicReference<@Nullable WorkItem> item = new AtomicReference<>();
  private final List<String> answers = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable StreamObserver<WorkItem>> opened =
      new AtomicReference<>();
  private final AtomicInteger errors = new AtomicInteger(1);

  @SuppressWarnings("NullAway.Init")
  private Server hub;

  /** Hands out its only item on each connection, until it is answered. */
  private final class Hub extends TaskHubSidecarServiceGrpc.TaskHubSidecarServiceImplBase {
    @Override
    public void hello(Empty request, StreamObserver<Empty> to) {
      to.onNext(Empty.getDefaultInstance());
      to.onCompleted();
    }

    @Override
    public void getWorkItems(GetWorkItemsRequest request, StreamObserver<WorkItem> to) {
      opened.set(to);
      streams.incrementAndGet();
      WorkItem now = item.get();
      if (now != null && answers.isEmpty()) {
        to.onNext(now);
      }
    }

    @Override
    public void completeActivityTask(
        ActivityResponse answer, StreamObserver<CompleteTaskResponse> to) {
      answers.add(answer.getResult().getValue());
      to.onNext(CompleteTaskResponse.getDefaultInstance());
      to.onCompleted();
    }
  }

  @BeforeEach
  void begin() throws Exception {
    hub =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(new Hub())
            .build()
            .start();
  }

  @AfterEach
  void end() {
    hub.shutdownNow();
  }

  private static WorkItem activity() {
    return WorkItem.newBuilder()
        .setCompletionToken("t")
        .setActivityRequest(
            ActivityRequest.newBuilder()
                .setName("A")
                .setTaskId(1)
                .setOrchestrationInstance(
                    OrchestrationInstance.newBuilder()
                        .setInstanceId("i")
                        .setExecutionId(StringValue.of("e"))))
        .build();
  }

  /** Takes everything and answers at once. */
  private abstract static class Quick implements Executor {
    @Override
    public boolean serves(dev.holdfast.core.WorkItem.Kind kind, String name) {
      return true;
    }

    @Override
    public int places(dev.holdfast.core.WorkItem.Kind kind) {
      return 10;
    }
  }

  private static Answer done(dev.holdfast.core.WorkItem item) {
    return new Answer.ActivityDone(
        (dev.holdfast.core.WorkItem.Activity) item,
        ActivityResponse.newBuilder().setResult(StringValue.of("done")).build());
  }

  private void work(Executor executor) throws Exception {
    RemoteTarget target = new RemoteTarget("localhost", hub.getPort(), null, null, null, "me");
    try (RemoteConnection connection = new RemoteConnection(target, "test");
        RemoteWork work =
            new RemoteWork(
                connection,
                List.of(executor),
                () -> new WorkWanted(List.of(), List.of("A"), List.of(), List.of(), 1, 1, 1),
                new Random(1))) {
      work.start();
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(answers).containsExactly("done"));
      assertThat(work.awaitAnswered(Duration.ofSeconds(30))).isTrue();
    }
  }

  @Test
  void an_item_that_an_executor_could_not_take_is_taken_when_it_comes_again() throws Exception {
    item.set(activity());

    work(
        new Quick() {
          @Override
          public void execute(List<dev.holdfast.core.WorkItem> items, Answers to) {
            if (errors.getAndDecrement() > 0) {
              throw new OutOfMemoryError("made for this test");
            }
            items.forEach(one -> to.answer(done(one)));
          }
        });

    assertThat(streams).hasValueGreaterThan(1);
  }

  @Test
  @SuppressWarnings("NullAway") // An answer without content makes what sends it throw.
  void an_item_whose_answer_could_not_be_sent_is_handed_out_again() throws Exception {
    item.set(activity());

    work(
        new Quick() {
          @Override
          public void execute(List<dev.holdfast.core.WorkItem> items, Answers to) {
            for (dev.holdfast.core.WorkItem one : items) {
              to.answer(
                  errors.getAndDecrement() > 0
                      ? new Answer.ActivityDone((dev.holdfast.core.WorkItem.Activity) one, null)
                      : done(one));
            }
          }
        });

    assertThat(streams).hasValueGreaterThan(1);
  }

  private RemoteWork idle(RemoteConnection connection, Duration acceptedAfter) {
    return new RemoteWork(
        connection,
        List.of(),
        () -> new WorkWanted(List.of(), List.of("A"), List.of(), List.of(), 1, 1, 1),
        new Random(1),
        acceptedAfter);
  }

  @Test
  void it_is_in_trouble_until_the_hub_has_its_stream() throws Exception {
    RemoteTarget target = new RemoteTarget("localhost", hub.getPort(), null, null, null, "me");
    try (RemoteConnection connection = new RemoteConnection(target, "test");
        RemoteWork work = idle(connection, Duration.ofDays(1))) {
      work.start();
      await().atMost(Duration.ofSeconds(60)).until(() -> opened.get() != null);
      assertThat(work.trouble()).contains("has not answered yet");

      Objects.requireNonNull(opened.get())
          .onNext(WorkItem.newBuilder().setHealthPing(HealthPing.getDefaultInstance()).build());

      await().atMost(Duration.ofSeconds(60)).until(() -> work.trouble() == null);
    }
  }

  @Test
  void a_hub_that_sends_nothing_at_first_is_taken_to_have_the_stream_after_a_while()
      throws Exception {
    RemoteTarget target = new RemoteTarget("localhost", hub.getPort(), null, null, null, "me");
    try (RemoteConnection connection = new RemoteConnection(target, "test");
        RemoteWork work = idle(connection, Duration.ofMillis(1))) {
      work.start();

      await().atMost(Duration.ofSeconds(60)).until(() -> work.trouble() == null);
    }
  }
}
