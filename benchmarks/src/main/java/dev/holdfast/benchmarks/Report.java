package dev.holdfast.benchmarks;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/**
 * What was measured. One line of JSON, the last that {@code bench} prints.
 *
 * @param errors operations that failed or gave a wrong output
 * @param cpuMillisPerOperation user and system time of this process, which holds client, host,
 *     engine and functions
 * @param commits flushes that the store made durable while it was measured
 * @param bytesWritten what they wrote
 * @param warmupCount operations before, which nothing here counts
 * @param workers null when the work was done in this process
 */
@JsonPropertyOrder({
  "workload",
  "store",
  "count",
  "inFlight",
  "errors",
  "seconds",
  "ratePerSecond",
  "cpuMillisPerOperation",
  "p50Millis",
  "p90Millis",
  "p99Millis",
  "maxMillis",
  "commits",
  "bytesWritten",
  "warmupCount",
  "workers"
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(
    String workload,
    String store,
    int count,
    int inFlight,
    long errors,
    double seconds,
    double ratePerSecond,
    double cpuMillisPerOperation,
    double p50Millis,
    double p90Millis,
    double p99Millis,
    double maxMillis,
    long commits,
    long bytesWritten,
    long warmupCount,
    @Nullable Workers workers) {

  /**
   * How the work was done by workers over gRPC.
   *
   * @param bareCallMicros the median of a blocking call that completes an item, with nothing else
   *     going on
   * @param timesBareCalls how often as long a connection took for one operation as it would for the
   *     bare calls in it
   */
  public record Workers(int connections, double bareCallMicros, double timesBareCalls) {}

  Report withWorkers(int connections, double bareCallMicros) {
    double bare = Plan.Workload.SEQUENCE_CALLS * bareCallMicros / 1e6;
    return new Report(
        workload,
        store,
        count,
        inFlight,
        errors,
        seconds,
        ratePerSecond,
        cpuMillisPerOperation,
        p50Millis,
        p90Millis,
        p99Millis,
        maxMillis,
        commits,
        bytesWritten,
        warmupCount,
        new Workers(
            connections,
            Benchmark.rounded(bareCallMicros),
            Benchmark.rounded(connections / ratePerSecond / bare)));
  }

  public String toJson() {
    try {
      return new ObjectMapper().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("expected a record of numbers to be writable", e);
    }
  }
}
