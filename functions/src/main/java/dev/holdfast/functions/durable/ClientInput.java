package dev.holdfast.functions.durable;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.invoking.Wire;
import dev.holdfast.functions.model.BindingDefinition;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Supplies the value of a durable client binding: the address of the hub's gRPC service, and the
 * parts of management URLs. The app's own library makes its client from this value.
 */
final class ClientInput implements Supplier<Wire> {

  private static final String WEBHOOK = "/runtime/webhooks/durabletask";
  private static final int MAX_GRPC_MESSAGE = 4 * 1024 * 1024;
  private static final String GRPC_TIMEOUT = "00:01:40";

  private final AppContext context;
  private final String taskHub;
  private volatile @Nullable Made last;

  ClientInput(BindingDefinition binding, AppContext context) {
    this.context = context;
    String own = binding.text("taskHub");
    this.taskHub = own == null ? context.door().taskHub() : own;
  }

  private record Made(int rpcPort, URI httpBaseUrl, String systemKey, Wire value) {
    boolean isFor(int port, URI url, String key) {
      return rpcPort == port && httpBaseUrl.equals(url) && systemKey.equals(key);
    }
  }

  @Override
  public Wire get() {
    int port = context.door().rpcPort().getAsInt();
    URI url = context.door().httpBaseUrl().get();
    String key = context.door().systemKey().get();
    Made made = last;
    if (made == null || !made.isFor(port, url, key)) {
      made = new Made(port, url, key, new Wire.Text(json(port, url, key)));
      last = made;
    }
    return made.value();
  }

  private String json(int port, URI url, String key) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("taskHubName", taskHub);
    json.put("connectionName", context.door().connectionName());
    json.putNull("creationUrls");
    json.putNull("managementUrls");
    json.putNull("baseUrl");
    json.put(
        "requiredQueryStringParameters", "code=" + URLEncoder.encode(key, StandardCharsets.UTF_8));
    json.put("rpcBaseUrl", "http://localhost:" + port);
    json.put("httpBaseUrl", stripSlash(url.toString()) + WEBHOOK);
    json.put("maxGrpcMessageSizeInBytes", MAX_GRPC_MESSAGE);
    json.put("grpcHttpClientTimeout", GRPC_TIMEOUT);
    return json.toString();
  }

  private static String stripSlash(String url) {
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }
}
