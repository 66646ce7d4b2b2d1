package dev.holdfast.samples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.Gson;
import dev.holdfast.samples.approval.ExpenseApproval;
import dev.holdfast.samples.asynchttp.Reports;
import dev.holdfast.samples.chaining.HelloSequence;
import dev.holdfast.samples.eternal.PeriodicCleanUp;
import dev.holdfast.samples.fanout.WordCount;
import dev.holdfast.samples.monitor.ParcelTracking;
import dev.holdfast.samples.retries.Retries;
import dev.holdfast.samples.suborchestration.Onboarding;
import dev.holdfast.samples.trip.TripBooking;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The orchestrator's side writes an activity's input with Jackson; the host reads it with Gson. */
class ActivityInputsTest {

  private static final ObjectMapper JACKSON = new ObjectMapper();
  private static final Gson GSON = new Gson();

  @ParameterizedTest
  @MethodSource("inputs")
  void what_jackson_writes_gson_reads(Object input) throws Exception {
    String written = JACKSON.writeValueAsString(input);

    Object read = GSON.fromJson(written, input.getClass());

    assertThat(read).usingRecursiveComparison().isEqualTo(input);
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void what_gson_writes_jackson_reads(Object input) throws Exception {
    String written = GSON.toJson(input);

    Object read = JACKSON.readValue(written, input.getClass());

    assertThat(read).usingRecursiveComparison().isEqualTo(input);
  }

  static Stream<Object> inputs() {
    PeriodicCleanUp.Plan plan = new PeriodicCleanUp.Plan();
    plan.removed = 7;
    ParcelTracking.Parcel parcel = new ParcelTracking.Parcel();
    parcel.deadlineMillis = 1_700_000_000_000L;
    Retries.Outage outage = new Retries.Outage();
    outage.refuses = true;
    return Stream.of(
        new HelloSequence.Guest("Tōkyō \"east\""),
        new WordCount.Text("<b>to be</b>"),
        new Reports.Page("Sales", 3),
        new ExpenseApproval.Notice("manager", new ExpenseApproval.Expense(), "id"),
        new Onboarding.Person("Grace", "Compilers", "id:0"),
        new TripBooking.Booking(new TripBooking.Trip(), "id", "car", true),
        plan,
        parcel,
        outage);
  }
}
