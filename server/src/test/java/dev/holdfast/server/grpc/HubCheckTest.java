package dev.holdfast.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.microsoft.durabletask.DurableTaskClient;
import com.microsoft.durabletask.DurableTaskGrpcClientBuilder;
import dev.holdfast.server.FakeTaskHub;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The released client, asking for hubs by name as clients of the Durable Task Scheduler do. */
@Timeout(60)
class HubCheckTest {
  private final FakeTaskHub hub = new FakeTaskHub();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private int serving(@Nullable String taskHub) throws Exception {
    GrpcServer server =
        new GrpcServer(
            GrpcConfig.loopback().withPort(0, true).withTaskHub(taskHub),
            hub,
            new NoWork(),
            new Random(1));
    open.add(server);
    return server.start();
  }

  /**
   * @param taskHub null sends no name
   */
  private DurableTaskClient asking(int port, @Nullable String taskHub) {
    Metadata headers = new Metadata();
    if (taskHub != null) {
      headers.put(Metadata.Key.of("taskhub", Metadata.ASCII_STRING_MARSHALLER), taskHub);
    }
    ManagedChannel channel =
        Grpc.newChannelBuilder("localhost:" + port, InsecureChannelCredentials.create())
            .intercept(MetadataUtils.newAttachHeadersInterceptor(headers))
            .build();
    open.add(channel::shutdownNow);
    DurableTaskClient client = new DurableTaskGrpcClientBuilder().grpcChannel(channel).build();
    open.add(client);
    return client;
  }

  @Test
  void a_hub_that_has_a_name_serves_those_who_ask_for_it_or_for_none() throws Exception {
    int port = serving("Orders");
    for (String name : new String[] {null, "", "default", "Default", "Orders", "orders"}) {
      String id = "asked for " + name;

      asking(port, name).scheduleNewOrchestrationInstance("Sequence", null, id);

      assertThat(hub.state(id)).as(id).isNotNull();
    }
  }

  @Test
  void who_asks_for_another_hub_is_told_both_names_and_the_cure() throws Exception {
    DurableTaskClient client = asking(serving("Orders"), "billing");

    for (Runnable call :
        List.<Runnable>of(
            () -> client.scheduleNewOrchestrationInstance("Sequence", null, "a"),
            () -> client.getInstanceMetadata("a", false),
            () -> client.purgeInstance("a"))) {
      assertThatExceptionOfType(StatusRuntimeException.class)
          .isThrownBy(call::run)
          .withMessageStartingWith("NOT_FOUND")
          .withMessageContaining("the task hub 'Orders', not 'billing'")
          .withMessageContaining("connect to the host of 'billing'");
    }
    assertThat(hub.state("a")).isNull();
  }

  @Test
  void a_hub_that_nobody_has_named_serves_whatever_it_is_called() throws Exception {
    int port = serving(null);

    asking(port, "billing").scheduleNewOrchestrationInstance("Sequence", null, "a");

    await().until(() -> hub.state("a") != null);
  }
}
