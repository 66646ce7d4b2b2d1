package dev.holdfast.host;

import dev.holdfast.functions.loading.AppFinder;
import dev.holdfast.functions.model.AppLoadException;
import dev.holdfast.functions.model.AppSource;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.ConnectionString;
import dev.holdfast.host.config.Home;
import dev.holdfast.host.config.HostConfig;
import dev.holdfast.host.config.LocalSettings;
import dev.holdfast.server.grpc.remote.RemoteTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the facts that are known before the host runs: the app, and the user's settings.
 *
 * @param settings the app settings: the values of local.settings.json, overridden by the
 *     environment
 * @param environment variables that the app needs and this process does not have yet
 * @param skipped names in local.settings.json that the environment already contains; the
 *     environment takes precedence
 * @param folder the folder of host.json; paths in host.json are relative to it
 * @param target the remote hub that this host works for; null when it has a hub of its own
 */
record Setup(
    HostOptions options,
    AppSource app,
    LocalSettings local,
    HostConfig config,
    Map<String, String> settings,
    Map<String, String> environment,
    List<String> skipped,
    Path folder,
    @Nullable RemoteTarget target) {

  Setup {
    settings = Map.copyOf(settings);
    environment = Map.copyOf(environment);
  }

  /**
   * Finds the app and reads its configuration.
   *
   * @param outside the environment of this process
   * @throws CannotException no app was found, or one of its files cannot be used
   */
  static Setup read(HostOptions options, Map<String, String> outside) {
    AppSource app = find(options);
    // The samples use the configuration files beside the launcher.
    Path folder = settingsFolder(options.app(), app);
    LocalSettings local = LocalSettings.read(folder);
    Map<String, String> environment = new LinkedHashMap<>(local.values());
    local
        .connectionStrings()
        .forEach((name, text) -> environment.put("ConnectionStrings:" + name, text));
    environment.put("AzureWebJobsScriptRoot", app.root().toString());
    environment.put("AZURE_FUNCTIONS_ENVIRONMENT", "Development");
    environment.putIfAbsent("FUNCTIONS_WORKER_RUNTIME", "java");
    environment.put("WEBSITE_HOSTNAME", "localhost:" + port(options, local));
    List<String> skipped =
        local.values().keySet().stream().filter(outside::containsKey).sorted().toList();
    environment.keySet().removeAll(outside.keySet());
    Map<String, String> settings = new LinkedHashMap<>(environment);
    settings.putAll(outside);
    HostConfig config =
        HostConfig.read(folder, settings, Runtime.getRuntime().availableProcessors());
    ConnectionString to = Connecting.destination(options, settings);
    RemoteTarget target =
        to == null ? null : Connecting.target(to, options.connect(), settings, config.chosenHub());
    return new Setup(options, app, local, config, settings, environment, skipped, folder, target);
  }

  /** Returns the name of the hub, whether it is local or remote. */
  String hubName() {
    String elsewhere = target == null ? null : target.taskHub();
    return elsewhere == null ? config.hubName() : elsewhere;
  }

  /** Returns the name of the hub if the user has chosen a name, otherwise null. */
  @Nullable String chosenHub() {
    String elsewhere = target == null ? null : target.taskHub();
    return elsewhere == null ? config.chosenHub() : elsewhere;
  }

  /** Returns the folder that contains host.json and local.settings.json. */
  private static Path settingsFolder(@Nullable Path named, AppSource app) {
    if (named == null) {
      return Home.path();
    }
    return isSamples(named) ? named.toAbsolutePath().normalize() : app.root();
  }

  private static AppSource find(HostOptions options) {
    if (options.engineOnly()) {
      return new AppSource(AppSource.Kind.CLASSES, Home.path(), List.of(), null, List.of());
    }
    Path app = options.app();
    Path place = app == null || isSamples(app) ? samples() : app;
    try {
      return AppFinder.find(place);
    } catch (AppLoadException e) {
      throw new CannotException(
          "Cannot run the app at " + place + ".", String.valueOf(e.getMessage()), "");
    }
  }

  /**
   * Returns whether this is the folder of the samples, whose build results are not in the usual
   * folders of an app.
   */
  private static boolean isSamples(Path app) {
    try {
      return Files.isSameFile(app, Home.samples());
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Finds the samples that the launcher has built; a system property names the build folder of each
   * module.
   */
  private static Path samples() {
    Path samples = Home.samplesApp();
    if (!Files.isRegularFile(samples)) {
      throw new CannotException(
          CannotException.USAGE,
          "There is no app to run.",
          "None was named, and the samples are not at " + samples + ".",
          "Name one: holdfast start APP.");
    }
    return samples;
  }

  int port() {
    return port(options, local);
  }

  private static int port(HostOptions options, LocalSettings local) {
    if (options.port() != null) {
      return options.port();
    }
    return local.port() != null ? local.port() : HostOptions.USUAL_PORT;
  }

  /**
   * Returns whether HTTP requires keys. It always does on addresses other than loopback, because
   * every client there could otherwise do everything; on loopback it does when the user wants it.
   */
  boolean requiresKeys() {
    return options.requireKeys() || !isLoopback(options.bind(), "--bind");
  }

  /**
   * Returns whether the address is a loopback address.
   *
   * @param where the option or setting that has the address, for the error message
   */
  static boolean isLoopback(String address, String where) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      throw new CannotException(
          CannotException.USAGE,
          "Cannot listen on '" + address + "'.",
          "This machine knows no such address.",
          "Correct " + where + ": an address of this machine, or 0.0.0.0 for all.");
    }
  }
}
