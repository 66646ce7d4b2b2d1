package dev.holdfast.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoInteractions;
import static org.mockito.Mockito.when;

import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.durabletask.DurableTaskClient;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentMatchers;

class StarterTest {

  private final DurableTaskClient client = mock(DurableTaskClient.class);
  private final DurableClientContext durable = mock(DurableClientContext.class);
  private final HttpResponseMessage urls = mock(HttpResponseMessage.class);

  @Test
  void an_empty_body_starts_without_input() {
    prepare();

    assertThat(start("")).isSameAs(urls);

    verify(client).scheduleNewOrchestrationInstance(eq("Greet"), ArgumentMatchers.<Object>isNull());
    verify(client).close();
  }

  @Test
  void the_body_is_the_input() {
    prepare();

    assertThat(start("{\"name\":\"Ada\"}")).isSameAs(urls);

    verify(client)
        .scheduleNewOrchestrationInstance(
            eq("Greet"), ArgumentMatchers.<Object>argThat(input -> input instanceof Input));
  }

  @Test
  void a_body_that_is_not_json_is_refused_and_nothing_starts() {
    HttpResponseMessage response = start("{name:");

    assertThat(response.getStatusCode()).isEqualTo(400);
    verifyNoInteractions(durable);
  }

  @Test
  void a_member_that_does_not_exist_is_refused_by_name() {
    HttpResponseMessage response = start("{\"nmae\":\"Ada\"}");

    assertThat(response.getStatusCode()).isEqualTo(400);
    assertThat(response.getBody())
        .isInstanceOfSatisfying(
            Map.class, body -> assertThat(body.get("error").toString()).contains("nmae"));
  }

  private void prepare() {
    when(durable.getClient()).thenReturn(client);
    when(client.scheduleNewOrchestrationInstance(eq("Greet"), ArgumentMatchers.<Object>any()))
        .thenReturn("id-1");
    when(durable.createCheckStatusResponse(any(), eq("id-1"))).thenReturn(urls);
  }

  private HttpResponseMessage start(String body) {
    FakeRequest request = FakeRequest.post("http://localhost:7071/api/StartGreet", body);
    return Starter.start(request, durable, "Greet", Input.class);
  }

  /** An input with one member. */
  public static class Input {
    public String name = "";
  }
}
