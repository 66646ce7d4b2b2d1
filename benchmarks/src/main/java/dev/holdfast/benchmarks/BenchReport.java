package dev.holdfast.benchmarks;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/**
 * Holds the measured figures. It is printed as one line of JSON, the last line of {@code bench}.
 *
 * @param errors the operations that failed or gave a wrong output
 * @param cpuMillisPerOperation user and system time of this process, which runs client, host,
 *     engine and functions
 * @param commits the flushes that the store made durable during the measurement
 * @param bytesWritten the bytes of these flushes
 * @param warmupCount the operations before the measurement, which no other figure counts
 * @param workers the figures of the workers; null when the work was done in this process
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
public record BenchReport(
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
   * Describes how workers did the work over gRPC.
   *
   * @param bareCallMicros the median time of a blocking call that completes an item while the host
   *     is idle, in microseconds
   * @param timesBareCalls the time that a connection took for one operation, as a multiple of the
   *     time of the bare calls in it
   */
  public record Workers(int connections, double bareCallMicros, double timesBareCalls) {}

  BenchReport withWorkers(int connections, double bareCallMicros) {
    double bare = Plan.Workload.SEQUENCE_CALLS * bareCallMicros / 1e6;
    return new BenchReport(
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
