package dev.holdfast.benchmarks;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What was measured. One line of JSON, the last that {@code bench} prints.
 *
 * @param errors operations that failed or gave a wrong output
 * @param cpuMillisPerOperation user and system time of this process, which holds client, host,
 *     engine and functions
 * @param commits flushes that the store made durable while it was measured
 * @param bytesWritten what they wrote
 * @param warmupCount operations before, which nothing here counts
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
  "warmupCount"
})
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
    long warmupCount) {

  public String toJson() {
    try {
      return new ObjectMapper().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("expected a record of numbers to be writable", e);
    }
  }
}
