package dev.holdfast.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Empty;
import com.microsoft.durabletask.DurableTaskClient;
import com.microsoft.durabletask.DurableTaskGrpcClientBuilder;
import com.microsoft.durabletask.DurableTaskGrpcWorker;
import com.microsoft.durabletask.DurableTaskGrpcWorkerBuilder;
import com.microsoft.durabletask.OrchestrationRuntimeStatus;
import com.microsoft.durabletask.TaskOrchestration;
import com.microsoft.durabletask.TaskOrchestrationFactory;
import dev.holdfast.core.Limits;
import dev.holdfast.core.MemoryStore;
import dev.holdfast.core.Problems;
import dev.holdfast.engine.Engine;
import dev.holdfast.engine.clock.Clocks;
import dev.holdfast.engine.dispatch.WhenUnserved;
import dev.holdfast.protocol.GetWorkItemsRequest;
import dev.holdfast.protocol.WorkItem;
import dev.holdfast.protocol.grpc.TaskHubSidecarServiceGrpc;
import dev.holdfast.server.tls.PemFiles;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and keys at the gRPC port, met with the released client and worker. */
@Timeout(60)
class SecuredTest {
  private static final Predicate<String> KEY = "the-right-key"::equals;

  @TempDir Path folder;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private GrpcServer server;

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private int serve(GrpcConfig.Access access) throws Exception {
    Engine engine =
        new Engine(
            new MemoryStore(),
            new Engine.Settings(
                Limits.DEFAULT,
                2,
                WhenUnserved.WAITS,
                Clocks.of(InstantSource.system(), System::nanoTime),
                new Random(7),
                Set.of()),
            new Problems() {
              @Override
              public void impossible(String what) {
                throw new AssertionError(what);
              }

              @Override
              public void warn(String what) {}
            },
            reason -> {});
    opened.push(engine);
    server =
        new GrpcServer(
            GrpcConfig.loopback().withPort(0, true).withAccess("127.0.0.1", access),
            engine.taskHub(),
            engine,
            new Random(11));
    engine.start();
    opened.push(server);
    return server.start();
  }

  private ManagedChannel channel(int port, ChannelCredentials credentials, @Nullable String key) {
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress("localhost", port, credentials)
            .intercept(new Presents(key))
            .build();
    opened.push(channel::shutdownNow);
    return channel;
  }

  /** Sends a key with every call, as an application does with a released client library. */
  private record Presents(@Nullable String key) implements ClientInterceptor {
    @Override
    public <A, B> ClientCall<A, B> interceptCall(
        MethodDescriptor<A, B> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<B> listener, Metadata headers) {
          if (key != null) {
            headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                "Bearer " + key);
          }
          super.start(listener, headers);
        }
      };
    }
  }

  private static ChannelCredentials trusting(PemFiles server) throws Exception {
    return TlsChannelCredentials.newBuilder().trustManager(server.certificate().toFile()).build();
  }

  private static ChannelCredentials trusting(PemFiles authority, PemFiles mine) throws Exception {
    return TlsChannelCredentials.newBuilder()
        .trustManager(authority.certificate().toFile())
        .keyManager(mine.certificate().toFile(), mine.privateKey().toFile())
        .build();
  }

  private static void hello(ManagedChannel channel) {
    var unused =
        TaskHubSidecarServiceGrpc.newBlockingStub(channel)
            .hello(com.google.protobuf.Empty.getDefaultInstance());
  }

  private void runs(ManagedChannel forWorker, ManagedChannel forClient) throws Exception {
    DurableTaskGrpcWorker worker =
        new DurableTaskGrpcWorkerBuilder()
            .grpcChannel(forWorker)
            .addOrchestration(
                new TaskOrchestrationFactory() {
                  @Override
                  public String getName() {
                    return "Echo";
                  }

                  @Override
                  public TaskOrchestration create() {
                    return ctx -> ctx.complete(ctx.getInput(String.class));
                  }
                })
            .build();
    opened.push(worker);
    worker.start();
    DurableTaskClient client = new DurableTaskGrpcClientBuilder().grpcChannel(forClient).build();
    opened.push(client);
    String id = client.scheduleNewOrchestrationInstance("Echo", "over TLS");
    var end = client.waitForInstanceCompletion(id, Duration.ofSeconds(30), true);
    assertThat(end.getRuntimeStatus()).isEqualTo(OrchestrationRuntimeStatus.COMPLETED);
    assertThat(end.readOutputAs(String.class)).isEqualTo("over TLS");
  }

  @Test
  void released_worker_and_client_come_in_by_tls_with_a_key() throws Exception {
    PemFiles own = PemFiles.make(folder, "server");
    int port =
        serve(new GrpcConfig.Access(new Tls(own.certificate(), own.privateKey(), null), KEY, null));

    runs(
        channel(port, trusting(own), "the-right-key"),
        channel(port, trusting(own), "the-right-key"));
  }

  @Test
  void a_stream_of_work_ends_with_the_key_that_opened_it() throws Exception {
    PemFiles own = PemFiles.make(folder, "server");
    AtomicBoolean valid = new AtomicBoolean(true);
    int port =
        serve(
            new GrpcConfig.Access(
                new Tls(own.certificate(), own.privateKey(), null), key -> valid.get(), null));
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    TaskHubSidecarServiceGrpc.newStub(channel(port, trusting(own), "key"))
        .getWorkItems(
            GetWorkItemsRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(WorkItem item) {}

              @Override
              public void onError(Throwable why) {
                ended.complete(why);
              }

              @Override
              public void onCompleted() {}
            });
    await().until(() -> server.workers().connected() == 1);

    valid.set(false);
    server.workers().ping();

    assertThat(Status.fromThrowable(ended.get(10, TimeUnit.SECONDS)).getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(server.workers().connected()).isZero();
  }

  @Test
  void plain_text_gets_nowhere_where_tls_is_spoken() throws Exception {
    PemFiles own = PemFiles.make(folder, "server");
    int port =
        serve(
            new GrpcConfig.Access(new Tls(own.certificate(), own.privateKey(), null), null, null));

    assertThatThrownBy(() -> hello(channel(port, InsecureChannelCredentials.create(), null)))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            it -> assertThat(it.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    hello(channel(port, trusting(own), null));
  }

  /** A method that forgets to ask would be found here, streams among them. */
  @Test
  void every_method_asks_for_the_key() throws Exception {
    int port = serve(new GrpcConfig.Access(null, KEY, null));
    Map<String, Status.Code> without = new TreeMap<>();
    for (MethodDescriptor<?, ?> method :
        TaskHubSidecarServiceGrpc.getServiceDescriptor().getMethods()) {
      for (String key : new String[] {null, "the-wrong-key", "the-right-kez"}) {
        without.put(
            method.getBareMethodName() + " " + key,
            code(channel(port, InsecureChannelCredentials.create(), key), method));
      }
    }

    assertThat(without).hasSizeGreaterThan(60).containsKey("GetWorkItems null");
    assertThat(without.values()).containsOnly(Status.Code.UNAUTHENTICATED);
    assertThat(server.workers().connected()).isZero();
    assertThatThrownBy(() -> hello(channel(port, InsecureChannelCredentials.create(), null)))
        .hasMessageContaining("authorization: Bearer");
    hello(channel(port, InsecureChannelCredentials.create(), "the-right-key"));
  }

  @SuppressWarnings("unchecked") // An empty message of any kind has no bytes.
  private static Status.Code code(ManagedChannel channel, MethodDescriptor<?, ?> method) {
    MethodDescriptor<Empty, Object> empty =
        ((MethodDescriptor<Object, Object>) method)
            .toBuilder(
                    TaskHubSidecarServiceGrpc.getHelloMethod().getRequestMarshaller(),
                    ((MethodDescriptor<Object, Object>) method).getResponseMarshaller())
                .build();
    try {
      Iterator<Object> answers =
          ClientCalls.blockingServerStreamingCall(
              channel, empty, CallOptions.DEFAULT, Empty.getDefaultInstance());
      var unused = answers.hasNext();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  @Test
  void where_certificates_are_asked_for_only_who_has_one_comes_in() throws Exception {
    PemFiles server = PemFiles.make(folder, "server");
    PemFiles known = PemFiles.make(folder, "worker");
    PemFiles stranger = PemFiles.make(folder, "stranger");
    int port =
        serve(
            new GrpcConfig.Access(
                new Tls(server.certificate(), server.privateKey(), known.certificate()),
                null,
                null));

    runs(
        channel(port, trusting(server, known), null), channel(port, trusting(server, known), null));
    for (ChannelCredentials credentials :
        new ChannelCredentials[] {trusting(server), trusting(server, stranger)}) {
      assertThatThrownBy(() -> hello(channel(port, credentials, null)))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              it -> assertThat(it.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }
  }

  @Test
  void a_new_certificate_is_taken_up_while_it_runs_and_a_broken_one_is_not() throws Exception {
    PemFiles own = PemFiles.make(folder, "server");
    PemFiles former = PemFiles.make(folder, "former");
    former.replace(new PemFiles(folder.resolve("now.crt"), folder.resolve("now.key")));
    PemFiles now = new PemFiles(folder.resolve("now.crt"), folder.resolve("now.key"));
    int port =
        serve(
            new GrpcConfig.Access(
                new Tls(now.certificate(), now.privateKey(), null, Duration.ofMillis(20)),
                null,
                null));
    ManagedChannel standing = channel(port, trusting(former), null);
    hello(standing);

    Files.writeString(now.certificate(), "half a certifi");
    hello(channel(port, trusting(former), null));
    own.replace(now);

    await().ignoreExceptions().untilAsserted(() -> hello(channel(port, trusting(own), null)));
    hello(standing);
    assertThatThrownBy(() -> hello(channel(port, trusting(former), null)))
        .isInstanceOf(StatusRuntimeException.class);
  }

  @Test
  void files_that_cannot_be_used_are_named() throws Exception {
    PemFiles own = PemFiles.make(folder, "server");
    Path missing = folder.resolve("missing.crt");

    assertThatThrownBy(
            () ->
                serve(new GrpcConfig.Access(new Tls(missing, own.privateKey(), null), null, null)))
        .isInstanceOf(TlsUnusableException.class)
        .hasMessageContaining("missing.crt");
    assertThatThrownBy(
            () ->
                serve(
                    new GrpcConfig.Access(
                        new Tls(own.certificate(), own.certificate(), null), null, null)))
        .isInstanceOf(TlsUnusableException.class)
        .hasMessageContaining("server.crt");
  }

  @Test
  void the_app_of_this_host_has_a_door_of_its_own_that_opens_to_its_secret_alone()
      throws Exception {
    PemFiles own = PemFiles.make(folder, "server");
    int port =
        serve(
            new GrpcConfig.Access(
                new Tls(own.certificate(), own.privateKey(), null), KEY, "app"::equals));

    assertThat(server.localPort()).isNotEqualTo(port);
    runs(
        channel(port, trusting(own), "the-right-key"),
        channel(server.localPort(), InsecureChannelCredentials.create(), "app"));
    for (String wrong : new String[] {null, "the-right-key", "apq"}) {
      assertThatThrownBy(
              () -> hello(channel(server.localPort(), InsecureChannelCredentials.create(), wrong)))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              refused ->
                  assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
    }
  }
}
