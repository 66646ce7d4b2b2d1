package dev.holdfast.host;

import dev.holdfast.host.cli.DataFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a host is started, as the command line says it.
 *
 * @param app the app to run: a built project, a staging folder, a folder of classes or a jar; null
 *     runs the samples
 * @param data where everything is kept
 * @param storeKind where the hub is remembered
 * @param port of HTTP; null is that of local.settings.json, else 7071; 0 is any free one
 * @param grpcPort of gRPC; null is 4001 or, if that is busy or the hub is elsewhere, a free one
 * @param bind the address HTTP listens on
 * @param requireKeys true asks for keys even on loopback; on any other address they are asked for
 *     anyway
 * @param functions names of the only functions to load; empty leaves it to host.json
 * @param corsOrigins empty leaves it to local.settings.json
 * @param corsCredentials whether other origins may send cookies
 * @param engineOnly no app at all: everything is run by workers that connect over gRPC
 * @param connect to a hub somewhere else, instead of one of its own
 * @param lossAccepted whether to go on when the hub's files have lost what was acknowledged
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

  /** Where a hub is remembered. */
  public enum StoreKind {
    /** One file in the data folder; every acknowledged change survives a crash. */
    SQLITE,
    /** Nowhere: all is gone when the process ends. */
    MEMORY
  }

  public HostOptions {
    functions = Set.copyOf(functions);
    corsOrigins = List.copyOf(corsOrigins);
  }

  /** The same, working for a hub somewhere else. */
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
   * On loopback, on any ports that are free, everything else as usual: for measuring and testing.
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

  /** The same without any app: workers connect over gRPC and run everything. */
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
