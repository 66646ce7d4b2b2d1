package dev.holdfast.functions.context;

import dev.holdfast.functions.inhand.InHand;
import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.functions.model.Patience;
import dev.holdfast.functions.model.Versioning;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the host gives an app to run in.
 *
 * @param settings the merged app settings; their names ignore case
 * @param taskHub the task hub that a durable client uses when its binding names none
 * @param connectionName the label of the hub's storage connection, for URLs
 * @param rpcPort supplies the port of the loopback gRPC service; it is asked each time a durable
 *     client is handed out
 * @param rpcSecret the bearer token that the app's own gRPC channels present to the loopback gRPC
 *     service; null when that service asks for none
 * @param httpBaseUrl supplies scheme and authority of this host, e.g. {@code
 *     http://localhost:7071}; it is asked each time a durable client is handed out
 * @param systemKey supplies the key that management URLs carry as {@code code}
 * @param activityStringInput how an activity's text parameter gets a JSON string
 * @param shortFailureNames true: a failed activity reports only its root cause, by its simple class
 *     name, as older hosts do; false: it reports full class names with all causes
 * @param maxConcurrentActivityFunctions the most activities that run at once
 * @param maxConcurrentOrchestratorFunctions the most orchestrator turns that run at once
 * @param maxConcurrentEntityFunctions the most entities that run a batch of operations at once
 * @param functionTimeout how long an activity or another function may run before it is interrupted
 *     and fails; null for no limit
 * @param activityTimeouts timeouts of single activities by name, which take the place of {@code
 *     functionTimeout}
 * @param patience the limits for code that does not come to an end
 * @param functions names of the only functions to load; empty means all
 * @param versioning the rule that decides which orchestration versions this app runs
 * @param log receives what functions log, and when they start and finish
 * @param drainTimeout how long an app that is being closed waits before it interrupts what still
 *     runs
 * @param inHand records which functions are running
 * @param sameBuildSince supplies the time since which every turn of the hub has been run by this
 *     very build of the app, in microseconds since the epoch; it is asked when a history is met for
 *     the first time. {@link Long#MAX_VALUE} means that the time is unknown: each history is then
 *     compared with the code once
 */
public record AppContext(
    Map<String, String> settings,
    String taskHub,
    String connectionName,
    IntSupplier rpcPort,
    @Nullable String rpcSecret,
    Supplier<URI> httpBaseUrl,
    Supplier<String> systemKey,
    ActivityStringInput activityStringInput,
    boolean shortFailureNames,
    int maxConcurrentActivityFunctions,
    int maxConcurrentOrchestratorFunctions,
    int maxConcurrentEntityFunctions,
    @Nullable Duration functionTimeout,
    Map<String, Duration> activityTimeouts,
    Patience patience,
    Set<String> functions,
    Versioning versioning,
    FunctionLog log,
    Duration drainTimeout,
    InHand inHand,
    LongSupplier sameBuildSince) {

  /** Says what a text parameter of an activity receives when the input is a JSON string. */
  public enum ActivityStringInput {
    /** The parameter receives the JSON text with its quotes, as in the cloud today. */
    RAW,
    /** The parameter receives the string itself, as tutorials show it. */
    UNWRAPPED
  }

  public AppContext {
    Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    anyCase.putAll(settings);
    settings = Collections.unmodifiableMap(anyCase);
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(functions);
    functions = Collections.unmodifiableSet(names);
    activityTimeouts = Map.copyOf(activityTimeouts);
  }

  public @Nullable String setting(String name) {
    return settings.get(name);
  }

  /** Returns a copy of this context that has another log. */
  public AppContext withLog(FunctionLog other) {
    return new AppContext(
        settings,
        taskHub,
        connectionName,
        rpcPort,
        rpcSecret,
        httpBaseUrl,
        systemKey,
        activityStringInput,
        shortFailureNames,
        maxConcurrentActivityFunctions,
        maxConcurrentOrchestratorFunctions,
        maxConcurrentEntityFunctions,
        functionTimeout,
        activityTimeouts,
        patience,
        functions,
        versioning,
        other,
        drainTimeout,
        inHand,
        sameBuildSince);
  }

  /** Returns a builder with the defaults of a host whose host.json is empty. */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects the parts of an {@link AppContext}; everything has a default. */
  public static final class Builder {
    private static final int PER_CORE = 10;

    private Map<String, String> settings = Map.of();
    private String taskHub = "TestHubName";
    private String connectionName = "Storage";
    private IntSupplier rpcPort = () -> 4001;
    private @Nullable String rpcSecret;
    private Supplier<URI> httpBaseUrl = () -> URI.create("http://localhost:7071");
    private Supplier<String> systemKey = () -> "";
    private ActivityStringInput activityStringInput = ActivityStringInput.RAW;
    private boolean shortFailureNames;
    private int activities = PER_CORE * Runtime.getRuntime().availableProcessors();
    private int orchestrators = PER_CORE * Runtime.getRuntime().availableProcessors();
    private int entities = PER_CORE * Runtime.getRuntime().availableProcessors();
    private @Nullable Duration functionTimeout = Duration.ofMinutes(30);
    private Map<String, Duration> activityTimeouts = Map.of();
    private Patience patience = Patience.DEFAULT;
    private Set<String> functions = Set.of();
    private Versioning versioning = Versioning.NONE;
    private FunctionLog log = entry -> {};
    private Duration drainTimeout = Duration.ofSeconds(30);
    private InHand inHand = new InHand();
    private LongSupplier sameBuildSince = () -> Long.MAX_VALUE;

    private Builder() {}

    public Builder settings(Map<String, String> value) {
      settings = value;
      return this;
    }

    public Builder taskHub(String value) {
      taskHub = value;
      return this;
    }

    public Builder connectionName(String value) {
      connectionName = value;
      return this;
    }

    public Builder rpcPort(IntSupplier value) {
      rpcPort = value;
      return this;
    }

    public Builder rpcSecret(@Nullable String value) {
      rpcSecret = value;
      return this;
    }

    public Builder httpBaseUrl(Supplier<URI> value) {
      httpBaseUrl = value;
      return this;
    }

    public Builder systemKey(Supplier<String> value) {
      systemKey = value;
      return this;
    }

    public Builder activityStringInput(ActivityStringInput value) {
      activityStringInput = value;
      return this;
    }

    public Builder shortFailureNames(boolean value) {
      shortFailureNames = value;
      return this;
    }

    public Builder maxConcurrentActivityFunctions(int value) {
      activities = value;
      return this;
    }

    public Builder maxConcurrentOrchestratorFunctions(int value) {
      orchestrators = value;
      return this;
    }

    public Builder maxConcurrentEntityFunctions(int value) {
      entities = value;
      return this;
    }

    public Builder functionTimeout(@Nullable Duration value) {
      functionTimeout = value;
      return this;
    }

    public Builder activityTimeouts(Map<String, Duration> value) {
      activityTimeouts = value;
      return this;
    }

    public Builder patience(Patience value) {
      patience = value;
      return this;
    }

    public Builder functions(Set<String> value) {
      functions = value;
      return this;
    }

    public Builder versioning(Versioning value) {
      versioning = value;
      return this;
    }

    public Builder log(FunctionLog value) {
      log = value;
      return this;
    }

    public Builder drainTimeout(Duration value) {
      drainTimeout = value;
      return this;
    }

    public Builder inHand(InHand value) {
      inHand = value;
      return this;
    }

    public Builder sameBuildSince(LongSupplier value) {
      sameBuildSince = value;
      return this;
    }

    public AppContext build() {
      return new AppContext(
          settings,
          taskHub,
          connectionName,
          rpcPort,
          rpcSecret,
          httpBaseUrl,
          systemKey,
          activityStringInput,
          shortFailureNames,
          activities,
          orchestrators,
          entities,
          functionTimeout,
          activityTimeouts,
          patience,
          functions,
          versioning,
          log,
          drainTimeout,
          inHand,
          sameBuildSince);
    }
  }
}
