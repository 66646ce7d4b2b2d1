package dev.holdfast.samples.asynchttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.durabletask.DurableTaskClient;
import com.microsoft.durabletask.OrchestrationMetadata;
import com.microsoft.durabletask.OrchestrationRuntimeStatus;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import dev.holdfast.samples.FakeRequest;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentMatchers;

class ReportsTest {

  private final DurableTaskClient client = mock(DurableTaskClient.class);
  private final DurableClientContext durable = mock(DurableClientContext.class);
  private final OrchestrationMetadata instance = mock(OrchestrationMetadata.class);

  @BeforeEach
  void prepare() {
    when(durable.getClient()).thenReturn(client);
    when(client.getInstanceMetadata("r1", true)).thenReturn(instance);
    when(instance.isInstanceFound()).thenReturn(true);
    when(instance.getInstanceId()).thenReturn("r1");
    when(instance.getName()).thenReturn("MakeReport");
  }

  @Test
  void an_order_is_accepted_with_the_place_to_look() {
    when(client.scheduleNewOrchestrationInstance(eq("MakeReport"), ArgumentMatchers.<Object>any()))
        .thenReturn("r1");
    FakeRequest request =
        FakeRequest.post("http://localhost:7071/api/reports", "{\"title\":\"Sales\"}");

    HttpResponseMessage response = new Reports().post(request, durable);

    assertThat(response.getStatusCode()).isEqualTo(202);
    assertThat(response.getHeader("Location")).isEqualTo("http://localhost:7071/api/reports/r1");
  }

  @Test
  void a_running_report_tells_its_progress() {
    when(instance.getRuntimeStatus()).thenReturn(OrchestrationRuntimeStatus.RUNNING);
    when(instance.readCustomStatusAs(String.class)).thenReturn("page 2 of 3");

    HttpResponseMessage response = get();

    assertThat(response.getStatusCode()).isEqualTo(202);
    assertThat(response.getHeader("Retry-After")).isEqualTo("1");
    assertThat(response.getBody())
        .isEqualTo(Map.of("id", "r1", "status", "RUNNING", "progress", "page 2 of 3"));
  }

  @Test
  void a_finished_report_is_handed_out() {
    when(instance.getRuntimeStatus()).thenReturn(OrchestrationRuntimeStatus.COMPLETED);
    when(instance.getSerializedOutput()).thenReturn("{\"title\":\"Sales\"}");

    HttpResponseMessage response = get();

    assertThat(response.getStatusCode()).isEqualTo(200);
    assertThat(response.getBody()).isEqualTo("{\"title\":\"Sales\"}");
  }

  @Test
  void a_failed_report_is_a_server_error() {
    when(instance.getRuntimeStatus()).thenReturn(OrchestrationRuntimeStatus.FAILED);

    assertThat(get().getStatusCode()).isEqualTo(500);
  }

  @Test
  void no_such_report() {
    when(instance.isInstanceFound()).thenReturn(false);

    assertThat(get().getStatusCode()).isEqualTo(404);
  }

  @Test
  void an_instance_of_something_else_is_no_report() {
    when(instance.getName()).thenReturn("BookTrip");

    assertThat(get().getStatusCode()).isEqualTo(404);
  }

  private HttpResponseMessage get() {
    FakeRequest request = FakeRequest.post("http://localhost:7071/api/reports/r1", "");
    return new Reports().get(request, "r1", durable);
  }
}
