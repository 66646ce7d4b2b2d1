package dev.holdfast.host;

import dev.holdfast.host.cli.DataFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the options with which a host is started, as the command line gives them.
 *
 * @param app the app to run: a built project, a staging folder, a folder of classes or a jar; null
 *     runs the samples
 * @param data the folder for all stored data
 * @param storeKind the store of the hub
 * @param port the HTTP port; null means the port of local.settings.json or, if it has none, 7071; 0
 *     means a free port
 * @param grpcPort the gRPC port; null means 4001 or, if that port is busy or the hub is remote, a
 *     free port
 * @param bind the address on which HTTP listens
 * @param requireKeys true requires keys even on loopback; on any other address they are always
 *     required
 * @param functions names of the only functions to load; empty leaves the choice to host.json
 * @param corsOrigins the origins that CORS permits; empty leaves the choice to local.settings.json
 * @param corsCredentials whether other origins may send cookies
 * @param engineOnly whether the host has no app, so that workers which connect over gRPC run all
 *     work
 * @param connect the remote hub to connect to, instead of a hub of the host's own
 * @param lossAccepted whether to start even when the hub's files have lost acknowledged changes
 */
public record HostOptions(
    @Nullable Path app,
    DataFolder data,
    StoreKind storeKind,
    @Nullable Integer port,
    @Nullable Integer grpcPort,
    String bind,
    boolean requireKeys,
    Set<String> functions,
    List<String> corsOrigins,
    boolean corsCredentials,
    boolean verbose,
    boolean engineOnly,
    ConnectOptions connect,
    boolean lossAccepted) {

  public static final int USUAL_PORT = 7071;

  /** Lists the kinds of stores for a hub. */
  public enum StoreKind {
    /**
     * Stores the hub in one file in the data folder; every acknowledged change survives a crash.
     */
    SQLITE,
    /** Keeps the hub in memory only, so that it is lost when the process ends. */
    MEMORY
  }

  public HostOptions {
    functions = Set.copyOf(functions);
    corsOrigins = List.copyOf(corsOrigins);
  }

  /** Returns these options with a remote hub. */
  public HostOptions withConnect(ConnectOptions other) {
    return new HostOptions(
        app,
        data,
        storeKind,
        port,
        grpcPort,
        bind,
        requireKeys,
        functions,
        corsOrigins,
        corsCredentials,
        verbose,
        engineOnly,
        other,
        lossAccepted);
  }

  /**
   * Returns options for loopback on free ports, with every other option at its default; for
   * measurements and tests.
   */
  public static HostOptions onFreePorts(@Nullable Path app, DataFolder data, StoreKind storeKind) {
    return new HostOptions(
        app,
        data,
        storeKind,
        0,
        0,
        "127.0.0.1",
        false,
        Set.of(),
        List.of(),
        false,
        false,
        false,
        ConnectOptions.NONE,
        false);
  }

  /** Returns these options without an app: workers connect over gRPC and run all work. */
  public HostOptions withoutApp() {
    return new HostOptions(
        null,
        data,
        storeKind,
        port,
        grpcPort,
        bind,
        requireKeys,
        functions,
        corsOrigins,
        corsCredentials,
        verbose,
        true,
        connect,
        lossAccepted);
  }
}
