package dev.holdfast.functions.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.context.HubDoor;
import dev.holdfast.functions.invoking.Wire;
import dev.holdfast.functions.model.BindingDefinition;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ClientInputTest {

  private static BindingDefinition binding(String taskHub) {
    return new BindingDefinition("durableClient", "in", "client", Map.of("taskHub", taskHub));
  }

  @Test
  void tells_where_the_hub_is() {
    AppContext context =
        AppContext.usual()
            .withDoor(
                new HubDoor(
                    "MyHub",
                    "Storage",
                    () -> 4002,
                    null,
                    () -> URI.create("http://localhost:7072/"),
                    () -> "a+b="));

    assertThat(new ClientInput(binding(""), context).get())
        .isEqualTo(
            new Wire.Text(
                "{\"taskHubName\":\"MyHub\",\"connectionName\":\"Storage\",\"creationUrls\":null,"
                    + "\"managementUrls\":null,\"baseUrl\":null,"
                    + "\"requiredQueryStringParameters\":\"code=a%2Bb%3D\","
                    + "\"rpcBaseUrl\":\"http://localhost:4002\","
                    + "\"httpBaseUrl\":\"http://localhost:7072/runtime/webhooks/durabletask\","
                    + "\"maxGrpcMessageSizeInBytes\":4194304,"
                    + "\"grpcHttpClientTimeout\":\"00:01:40\"}"));
  }

  @Test
  void binding_may_name_another_hub() {
    Wire value = new ClientInput(binding("Other"), AppContext.usual()).get();

    assertThat(((Wire.Text) value).value()).contains("\"taskHubName\":\"Other\"");
  }

  @Test
  void follows_a_port_that_becomes_known_later() {
    AtomicInteger port = new AtomicInteger(1);
    ClientInput input =
        new ClientInput(binding(""), AppContext.usual().withDoor(door(port::get, () -> "")));
    Wire before = input.get();

    assertThat(input.get()).isSameAs(before);
    port.set(2);
    assertThat(((Wire.Text) input.get()).value()).contains("localhost:2\"");
  }

  private static HubDoor door(IntSupplier port, Supplier<String> key) {
    HubDoor usual = HubDoor.DEFAULT;
    return new HubDoor(
        usual.taskHub(), usual.connectionName(), port, null, usual.httpBaseUrl(), key);
  }
}
