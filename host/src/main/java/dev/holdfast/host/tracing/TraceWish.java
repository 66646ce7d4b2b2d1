package dev.holdfast.host.tracing;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides whether the user wants spans. */
public final class TraceWish {
  private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
  private static final List<String> NAMES_A_RECEIVER =
      List.of(EXPORTER, "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");

  private TraceWish() {}

  /**
   * Returns whether the user wants spans.
   *
   * @param said the setting of host.json; null when host.json has none, so that the environment
   *     decides
   * @param settings app settings and environment
   */
  public static boolean isThere(@Nullable Boolean said, Map<String, String> settings) {
    if ("true".equalsIgnoreCase(setting(settings, "OTEL_SDK_DISABLED"))
        || "none".equalsIgnoreCase(setting(settings, EXPORTER))) {
      return false;
    }
    return said != null
        ? said
        : NAMES_A_RECEIVER.stream().anyMatch(name -> !setting(settings, name).isEmpty());
  }

  private static String setting(Map<String, String> settings, String name) {
    return settings.getOrDefault(name, "").trim();
  }
}
