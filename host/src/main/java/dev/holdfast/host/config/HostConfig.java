package dev.holdfast.host.config;

import dev.holdfast.functions.model.Versioning;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds the settings of host.json, with overrides from the environment and defaults for the rest.
 *
 * @param hubName the name of the task hub; the name is only a label, because a store holds one hub.
 *     {@link #chosenHub} says whether the user has chosen the name
 * @param functions names of the only functions to load; empty means all
 * @param functionTimeout how long an activity or another function may run; null means no limit
 * @param logLevels the level for each category prefix, as written; {@code default} applies to all
 *     other categories
 * @param consoleEnabled whether anything is logged to the console at all
 * @param consoleColors whether colours may be used
 * @param telling the settings about error outputs and the log
 * @param notes messages for the user about settings that are accepted but have no effect in this
 *     host
 * @param unknown keys that have no meaning for this host; none of them is below {@code
 *     extensions.holdfast}, where an unknown key stops the start
 */
public record HostConfig(
    String hubName,
    List<String> functions,
    @Nullable Duration functionTimeout,
    Map<String, String> logLevels,
    boolean consoleEnabled,
    boolean consoleColors,
    Http http,
    Durable durable,
    HostLimits limits,
    Telling telling,
    List<String> notes,
    List<UnknownKey> unknown) {

  /** This section of host.json has the settings that only this host knows. */
  private static final String OWN = "extensions.holdfast";

  private static final String PAGE = "docs/configuration.md";

  /** A hub has this name when the user has set no name. */
  private static final String UNNAMED = "TestHubName";

  /**
   * A user whose hub has one of these names has not chosen it: all host.json files of this
   * repository use the second name.
   */
  private static final Set<String> NOT_CHOSEN = Set.of(UNNAMED, "Holdfast");

  private static final Pattern HUB_NAME = Pattern.compile("[A-Za-z][A-Za-z0-9]{2,44}");
  private static final Pattern SETTING = Pattern.compile("%([^%]*)%");

  /**
   * Returns the name of the hub if the user has chosen it; null when the hub has a default name,
   * which does not identify a hub.
   */
  public @Nullable String chosenHub() {
    return NOT_CHOSEN.contains(hubName) ? null : hubName;
  }

  /**
   * Returns whether both names mean the same hub. Default names that users have not chosen count as
   * equal, so that a user's first app can use the data folder in which the samples ran.
   */
  public static boolean isSameHub(String one, String other) {
    return one.equalsIgnoreCase(other) || (NOT_CHOSEN.contains(one) && NOT_CHOSEN.contains(other));
  }

  /**
   * Holds the settings of {@code extensions.http}.
   *
   * @param routePrefix the prefix of every function's route; empty when there is none
   * @param maxOutstandingRequests the limit of running and waiting requests; further requests are
   *     answered with status 429; −1 leaves the limit to the server
   * @param customHeaders headers that are sent with every answer
   */
  public record Http(
      String routePrefix, int maxOutstandingRequests, Map<String, String> customHeaders) {
    public Http {
      customHeaders = Map.copyOf(customHeaders);
    }

    static Http read(Section section) {
      section.ignore("dynamicThrottlesEnabled", "hsts");
      return new Http(
          section.text("routePrefix", "api").replaceAll("^/+|/+$", ""),
          section.whole("maxOutstandingRequests", -1, -1, Integer.MAX_VALUE),
          section.section("customHeaders").entries());
    }
  }

  /**
   * Holds the settings of {@code extensions.durableTask} that have an effect in this host.
   *
   * @param connectionName the label of the store in management URLs
   * @param replaceAny true lets a start replace an instance in any status
   * @param versioning {@code defaultVersion}, {@code versionMatchStrategy} and {@code
   *     versionFailureStrategy}
   * @param tracing whether spans are sent; null leaves the choice to the environment
   */
  public record Durable(
      String connectionName,
      int maxConcurrentActivityFunctions,
      int maxConcurrentOrchestratorFunctions,
      int maxConcurrentEntityFunctions,
      boolean replaceAny,
      boolean throwStatusExceptionsOnRaiseEvent,
      boolean storeInputsInOrchestrationHistory,
      boolean useForwardedHost,
      boolean unwrapActivityStrings,
      boolean shortFailureNames,
      Versioning versioning,
      @Nullable Boolean tracing) {

    static Durable read(Section section, int cores) {
      Section storage = section.section("storageProvider");
      storage.ignoreRest();
      String states =
          section.word(
              "overridableExistingInstanceStates",
              "NonRunningStates",
              "NonRunningStates",
              "AnyState");
      return new Durable(
          storage.text("connectionName", storage.text("connectionStringName", "Storage")),
          section.whole("maxConcurrentActivityFunctions", 10 * cores, 1, 100_000),
          section.whole("maxConcurrentOrchestratorFunctions", 10 * cores, 1, 100_000),
          section.whole("maxConcurrentEntityFunctions", 10 * cores, 1, 100_000),
          states.equals("AnyState"),
          section.flag("throwStatusExceptionsOnRaiseEvent", false),
          section.flag("storeInputsInOrchestrationHistory", false),
          section.section("httpSettings").ignoreRest().flag("useForwardedHost", false),
          section.word("activityStringInput", "raw", "raw", "unwrapped").equals("unwrapped"),
          section.flag("shortFailureNames", false),
          versioning(section),
          tracing(section.section("tracing").ignoreRest()));
    }

    private static Versioning versioning(Section section) {
      String match =
          section.word(
              "versionMatchStrategy", "CurrentOrOlder", "None", "Strict", "CurrentOrOlder");
      String mismatch = section.word("versionFailureStrategy", "Reject", "Reject", "Fail");
      return new Versioning(
          section.text("defaultVersion"),
          switch (match) {
            case "None" -> Versioning.Match.NONE;
            case "Strict" -> Versioning.Match.STRICT;
            default -> Versioning.Match.CURRENT_OR_OLDER;
          },
          mismatch.equals("Fail") ? Versioning.Mismatch.FAIL : Versioning.Mismatch.REJECT);
    }

    /**
     * Reads the setting that says whether spans are sent. The older form of correlation, V1, is not
     * supported, so no spans are sent for it.
     */
    private static @Nullable Boolean tracing(Section section) {
      boolean enabled = section.flag("distributedTracingEnabled", false);
      return section.has("distributedTracingEnabled")
          ? (Boolean) (enabled && section.word("version", "V2", "V1", "V2", "None").equals("V2"))
          : null;
    }
  }

  public HostConfig {
    functions = List.copyOf(functions);
    logLevels = Map.copyOf(logLevels);
    notes = List.copyOf(notes);
    unknown = List.copyOf(unknown);
  }

  /**
   * Reads {@code host.json} in the given folder; a missing file means all defaults.
   *
   * @param settings app settings and environment, for {@code %NAME%} and overrides
   * @param cores the number of processors of this machine, from which some defaults follow
   * @throws CannotException the file or a value in it cannot be used; the message names the value
   *     and the cause
   */
  public static HostConfig read(Path folder, Map<String, String> settings, int cores) {
    Path file = folder.resolve("host.json");
    boolean there = Files.exists(file);
    Map<String, @Nullable Object> tree = there ? PlainJson.file(file) : new LinkedHashMap<>();
    Map<String, String> overrides = Overrides.apply(tree, settings);
    Section root =
        new Section(
            "",
            tree,
            path -> {
              String variable = overrides.get(path.toLowerCase(Locale.ROOT));
              return variable == null ? file.toString() : "the environment (" + variable + ")";
            });
    if (there) {
      checkVersion(root, file);
    }
    return new Reading(root, settings, cores).result();
  }

  /** Returns the paths of all settings that have an effect. */
  static Set<String> keys() {
    Section root = new Section("", new LinkedHashMap<>(), path -> path);
    HostConfig unused = new Reading(root, Map.of(), 1).result();
    return root.keys();
  }

  private static void checkVersion(Section root, Path file) {
    String version = root.text("version");
    if (!"2.0".equals(version)) {
      throw new CannotException(
          "Cannot use " + file + ".",
          version == null
              ? "It has no \"version\"."
              : "Its \"version\" is \"" + version + "\", but only \"2.0\" is known.",
          "Write \"version\": \"2.0\" as its first line.");
    }
  }

  /** Holds the state of one reading of the file. */
  private static final class Reading {
    private final Section root;
    private final Map<String, String> settings;
    private final int cores;

    Reading(Section root, Map<String, String> settings, int cores) {
      this.root = root;
      this.settings = settings;
      this.cores = cores;
    }

    HostConfig result() {
      acceptWithoutEffect();
      Section extensions = root.section("extensions");
      Section durable = extensions.section("durableTask");
      Section logging = root.section("logging");
      List<String> notes = notes(durable);
      String hub = hubName(durable);
      Durable durableTask = Durable.read(durable, cores);
      Http http = Http.read(extensions.section("http"));
      HostLimits limits = HostLimits.read(extensions.section("holdfast"), durable, cores);
      Section console = logging.section("console");
      boolean enabled = console.flag("isEnabled", true);
      boolean colors = !console.flag("DisableColors", false);
      Map<String, String> levels = logging.section("logLevel").entries();
      List<String> functions = root.texts("functions");
      return new HostConfig(
          hub,
          functions,
          functionTimeout(),
          levels,
          enabled,
          colors,
          http,
          durableTask,
          limits,
          Telling.read(extensions.section("holdfast")),
          notes,
          refusingOwn(root.unknown()));
    }

    /**
     * Refuses unknown keys below {@code extensions.holdfast}, because these can only be meant for
     * this host, and the user would rely on a setting without effect.
     */
    private static List<UnknownKey> refusingOwn(List<UnknownKey> unknown) {
      for (UnknownKey key : unknown) {
        if (key.path().toLowerCase(Locale.ROOT).startsWith(OWN + ".")
            || OWN.equals(key.nearest())) {
          throw new CannotException(
              "Cannot use the setting " + key.path() + " of " + key.origin() + ".",
              "There is no setting of that name.",
              (key.nearest() == null ? "" : "Did you mean " + key.nearest() + "? ")
                  + "Correct or remove it and start again; "
                  + PAGE
                  + " lists all settings.");
        }
      }
      return unknown;
    }

    private @Nullable Duration functionTimeout() {
      String written = root.text("functionTimeout", "30m");
      if (written.trim().equals("-1")) {
        return null;
      }
      Duration limit = Amounts.duration(written);
      if (limit == null || limit.compareTo(Duration.ofSeconds(1)) < 0) {
        throw root.wrong(
            "functionTimeout",
            written,
            Amounts.DURATIONS + ", at least 1s, or \"-1\" for no limit");
      }
      return limit;
    }

    /**
     * Accepts keys of the Functions host that need no effect in this host, because they concern
     * other languages, the operation of Azure, or other triggers.
     */
    private void acceptWithoutEffect() {
      root.ignore("version", "retry", "watchFiles", "watchDirectories", "watchTimeout");
      root.ignore("aggregator", "healthMonitor", "singleton", "concurrency", "extensionBundle");
      root.ignore("customHandler", "httpWorker", "managedDependency", "telemetryMode");
      root.ignore("sendCanceledInvocationsToWorker", "metadataProviderTimeout");
      root.section("logging").ignore("fileLoggingMode", "applicationInsights");
      root.section("extensions").ignore("queues", "blobs", "eventHubs", "serviceBus", "kafka");
      root.section("extensions").ignore("cosmosDB", "sendGrid", "twilio", "signalR", "mcp");
      root.section("extensions")
          .section("durableTask")
          .ignore("hubName", "notifications", "useAppLease", "appLeaseOptions")
          .ignore("maxEntityOperationBatchSize")
          .ignore("maxOrchestrationActions", "entityMessageReorderWindowInMinutes")
          .ignore("rollbackEntityOperationsOnExceptions")
          .ignore("extendedSessionsEnabled", "extendedSessionIdleTimeoutInSeconds")
          .ignore("useGracefulShutdown", "localRpcEndpointEnabled", "grpcHttpClientTimeout")
          .ignore("maxGrpcMessageSizeInBytes");
    }

    private List<String> notes(Section durable) {
      List<String> notes = new ArrayList<>();
      if (durable.flag("extendedSessionsEnabled", false)) {
        notes.add(
            "extendedSessionsEnabled has no effect: instances that work stay in memory anyway.");
      }
      if (root.section("extensions").section("http").has("maxConcurrentRequests")) {
        notes.add("maxConcurrentRequests has no effect; maxOutstandingRequests has.");
      }
      String provider = durable.section("storageProvider").text("type");
      if (provider != null) {
        notes.add(
            "The storage provider '"
                + provider
                + "' is replaced by this host's own store, unless it is told to --connect.");
      }
      return notes;
    }

    private String hubName(Section durable) {
      String written = durable.text("hubName");
      if (written == null) {
        String site = settings.getOrDefault("WEBSITE_SITE_NAME", "").replaceAll("[^A-Za-z0-9]", "");
        return HUB_NAME.matcher(site).matches() ? site : UNNAMED;
      }
      String name = resolve(written);
      if (!HUB_NAME.matcher(name).matches()) {
        throw durable.wrong("hubName", name, "3 to 45 letters and digits beginning with a letter");
      }
      return name;
    }

    private String resolve(String written) {
      Matcher matcher = SETTING.matcher(written);
      StringBuilder resolved = new StringBuilder();
      while (matcher.find()) {
        String value = setting(matcher.group(1));
        if (value == null) {
          throw new CannotException(
              "Cannot use the setting extensions.durableTask.hubName.",
              "'" + matcher.group() + "' does not resolve to a value.",
              "Set "
                  + matcher.group(1)
                  + " in the environment or under Values in local.settings.json.");
        }
        matcher.appendReplacement(resolved, Matcher.quoteReplacement(value));
      }
      return matcher.appendTail(resolved).toString();
    }

    private @Nullable String setting(String name) {
      String exact = settings.get(name);
      if (exact != null) {
        return exact;
      }
      return settings.entrySet().stream()
          .filter(it -> it.getKey().equalsIgnoreCase(name))
          .map(Map.Entry::getValue)
          .findFirst()
          .orElse(null);
    }
  }
}
