package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.microsoft.durabletask.DurableTaskClient;
import com.microsoft.durabletask.DurableTaskGrpcClientBuilder;
import com.microsoft.durabletask.NewOrchestrationInstanceOptions;
import dev.holdfast.host.HostOptions.StoreKind;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.server.http.keys.Key;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may call the gRPC port of a host, as its host.json says. */
@Timeout(120)
class GrpcFrontTest {
  @TempDir Path folder;
  private DemoApp app;

  @BeforeEach
  void build() throws IOException {
    app = DemoApp.in(folder.resolve("app"));
  }

  private Holdfast start(String grpc, boolean enableAuth) throws IOException {
    app.with(
        "host.json",
        "{\"version\": \"2.0\", \"extensions\": {\"holdfast\": {\"grpc\": {" + grpc + "}}}}");
    return Holdfast.start(
        Listening.on(
            HostOptions.onFreePorts(
                app.folder(), new DataFolder(folder.resolve("data")), StoreKind.MEMORY),
            0,
            0,
            "127.0.0.1",
            enableAuth),
        Map.of());
  }

  private CannotException refused(String grpc) {
    return catchThrowableOfType(CannotException.class, () -> start(grpc, false).close());
  }

  /** Where the functions of the app write to. */
  private String steps() {
    return folder.resolve("steps").toString();
  }

  private static String secretOf(Holdfast host, Key.Kind kind) {
    return host.newKeys().stream()
        .filter(it -> it.key().kind() == kind)
        .findFirst()
        .orElseThrow()
        .secret();
  }

  private void startBy(Holdfast host, String id, String key) {
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", host.grpcPort())
            .usePlaintext()
            .intercept(new Presents(key))
            .build();
    try (DurableTaskClient client =
        new DurableTaskGrpcClientBuilder().grpcChannel(channel).build()) {
      client.scheduleNewOrchestrationInstance(
          "TwoSteps", new NewOrchestrationInstanceOptions().setInstanceId(id).setInput(steps()));
    } finally {
      channel.shutdownNow();
    }
  }

  private record Presents(String key) implements ClientInterceptor {
    @Override
    public <A, B> ClientCall<A, B> interceptCall(
        MethodDescriptor<A, B> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<B> listener, Metadata headers) {
          if (!key.isEmpty()) {
            headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                "Bearer " + key);
          }
          super.start(listener, headers);
        }
      };
    }
  }

  private void assertAsksForKeys(Holdfast host) {
    for (String wrong : new String[] {"", "guessed", secretOf(host, Key.Kind.HOST)}) {
      StatusRuntimeException thrown =
          catchThrowableOfType(StatusRuntimeException.class, () -> startBy(host, "no", wrong));
      assertThat(thrown.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(thrown.getStatus().getDescription()).contains("authorization: Bearer");
    }
    startBy(host, "by-master", secretOf(host, Key.Kind.MASTER));
    startBy(host, "by-system", secretOf(host, Key.Kind.SYSTEM));
    assertThat(host.hub().get("by-master", false).join()).isPresent();
    assertThat(host.hub().get("by-system", false).join()).isPresent();
    assertThat(host.hub().get("no", false).join()).isEmpty();
  }

  @Test
  void plain_text_beyond_loopback_is_refused_and_the_cure_is_told() {
    CannotException refused = refused("\"bind\": \"0.0.0.0\"");

    assertThat(refused.what()).contains("plain text").contains("0.0.0.0");
    assertThat(refused.cure()).contains("certificate", "privateKey", "allowPlainText");
  }

  @Test
  void even_where_plain_text_is_allowed_everybody_brings_a_key() throws IOException {
    try (Holdfast host = start("\"bind\": \"0.0.0.0\", \"allowPlainText\": true", false)) {
      assertAsksForKeys(host);
    }
  }

  @Test
  void keys_on_loopback_are_for_grpc_too_and_functions_need_none() throws Exception {
    try (Holdfast host = start("", true)) {
      assertAsksForKeys(host);

      // This function starts an orchestration through the client library of the app.
      HttpResponse<String> started = new Http(host.url()).post("/api/StartTwoSteps", steps());
      assertThat(started.statusCode()).isEqualTo(202);
    }
  }

  @Test
  void keys_can_be_waived_in_so_many_words() throws IOException {
    String open = "\"bind\": \"0.0.0.0\", \"allowPlainText\": true, \"requireKey\": false";
    try (Holdfast host = start(open, false)) {
      startBy(host, "a", "");
    }
  }

  @Test
  void a_certificate_is_looked_for_beside_host_json() {
    CannotException refused =
        refused("\"certificate\": \"tls/no.crt\", \"privateKey\": \"tls/no.key\"");

    assertThat(refused.why()).contains(app.folder().resolve("tls/no.crt").toString());
    assertThat(refused.cure()).contains("PEM");
  }

  @Test
  void half_of_what_tls_needs_is_too_little() {
    assertThat(refused("\"certificate\": \"a.crt\"").what()).contains("grpc.privateKey");
    assertThat(refused("\"clientAuthorities\": \"a.crt\"").what()).contains("grpc.certificate");
  }
}
