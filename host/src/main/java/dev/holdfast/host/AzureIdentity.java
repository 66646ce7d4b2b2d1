package dev.holdfast.host;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.util.Configuration;
import com.azure.core.util.ConfigurationBuilder;
import com.azure.core.util.ConfigurationSource;
import com.azure.identity.AzureCliCredentialBuilder;
import com.azure.identity.AzurePowerShellCredentialBuilder;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.identity.EnvironmentCredentialBuilder;
import com.azure.identity.InteractiveBrowserCredentialBuilder;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import com.azure.identity.VisualStudioCodeCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.ConnectionString.SignIn;
import dev.holdfast.server.grpc.remote.TokenSource;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Gets tokens from Azure by one of the sign-in methods that connection strings of the Durable Task
 * Scheduler can name. A token is used until shortly before it expires; the next token is fetched
 * while the former one is still valid.
 */
final class AzureIdentity implements TokenSource {
  private static final TokenRequestContext SCHEDULER =
      new TokenRequestContext().addScopes("https://durabletask.io/.default");
  private static final Duration RENEWED_BEFORE_END = Duration.ofMinutes(5);

  /** A token that expires sooner than this is not used, because a call may take this long. */
  private static final Duration USELESS_BEFORE_END = Duration.ofSeconds(30);

  /**
   * Two attempts are at least this far apart, because every call asks for a token and some sign-in
   * methods start a program for each attempt.
   */
  private static final long PAUSE_NANOS = 2_000_000_000L;

  private static final int REASON_LENGTH_MAX = 500;

  private final String method;
  private final TokenCredential credential;

  // These fields are guarded by the lock of this object.
  private @Nullable AccessToken kept;
  private CompletableFuture<AccessToken> fetched;
  private long fetchedAt;

  private AzureIdentity(String method, TokenCredential credential) {
    this.method = method;
    this.credential = credential;
    this.fetched =
        CompletableFuture.failedFuture(new IllegalStateException("no token was requested yet"));
    this.fetchedAt = System.nanoTime() - PAUSE_NANOS;
  }

  /**
   * Makes an identity that does not sign in yet.
   *
   * @param settings app settings and environment, from which the method reads its own settings
   * @throws CannotException the sign-in method is not known
   */
  static AzureIdentity of(SignIn signIn, Map<String, String> settings) {
    ConfigurationSource nothing = path -> Map.of();
    Configuration configuration =
        new ConfigurationBuilder(nothing, nothing, path -> settings).build();
    return new AzureIdentity(signIn.method(), credential(signIn, configuration));
  }

  private static TokenCredential credential(SignIn signIn, Configuration configuration) {
    return switch (signIn.method().toLowerCase(Locale.ROOT)) {
      case "defaultazure" -> defaultAzure(signIn, configuration);
      case "managedidentity" ->
          new ManagedIdentityCredentialBuilder()
              .configuration(configuration)
              .clientId(signIn.clientId())
              .build();
      case "workloadidentity" -> workload(signIn, configuration);
      case "environment" -> new EnvironmentCredentialBuilder().configuration(configuration).build();
      case "azurecli" -> new AzureCliCredentialBuilder().configuration(configuration).build();
      case "azurepowershell" ->
          new AzurePowerShellCredentialBuilder().configuration(configuration).build();
      case "visualstudiocode" ->
          new VisualStudioCodeCredentialBuilder().configuration(configuration).build();
      case "interactivebrowser" ->
          new InteractiveBrowserCredentialBuilder().configuration(configuration).build();
      default ->
          throw new CannotException(
              CannotException.USAGE,
              "Cannot sign in with Authentication=" + signIn.method() + ".",
              "There is no such method.",
              "Write DefaultAzure, ManagedIdentity, WorkloadIdentity, Environment, AzureCLI,"
                  + " AzurePowerShell, VisualStudioCode, InteractiveBrowser or None, or give a"
                  + " token with --connect-token-file.");
    };
  }

  private static TokenCredential defaultAzure(SignIn signIn, Configuration configuration) {
    DefaultAzureCredentialBuilder builder =
        new DefaultAzureCredentialBuilder().configuration(configuration);
    if (signIn.clientId() != null) {
      builder.managedIdentityClientId(signIn.clientId());
    }
    return builder.build();
  }

  private static TokenCredential workload(SignIn signIn, Configuration configuration) {
    WorkloadIdentityCredentialBuilder builder =
        new WorkloadIdentityCredentialBuilder()
            .configuration(configuration)
            .additionallyAllowedTenants(signIn.additionallyAllowedTenants());
    if (signIn.clientId() != null) {
      builder.clientId(signIn.clientId());
    }
    if (signIn.tenantId() != null) {
      builder.tenantId(signIn.tenantId());
    }
    if (signIn.tokenFilePath() != null) {
      builder.tokenFilePath(signIn.tokenFilePath());
    }
    return builder.build();
  }

  @Override
  public CompletableFuture<String> token() {
    CompletableFuture<AccessToken> next;
    synchronized (this) {
      AccessToken good = kept;
      if (good == null || endsWithin(good, RENEWED_BEFORE_END)) {
        fetch();
      }
      if (good != null && !endsWithin(good, USELESS_BEFORE_END)) {
        return CompletableFuture.completedFuture(good.getToken());
      }
      next = fetched;
    }
    return next.thenApply(AccessToken::getToken)
        .exceptionallyCompose(thrown -> CompletableFuture.failedFuture(none(thrown)));
  }

  private static boolean endsWithin(AccessToken token, Duration time) {
    return token.getExpiresAt().isBefore(OffsetDateTime.now(ZoneOffset.UTC).plus(time));
  }

  private synchronized void fetch() {
    long now = System.nanoTime();
    if (!fetched.isDone() || now - fetchedAt < PAUSE_NANOS) {
      return;
    }
    fetched =
        CompletableFuture.supplyAsync(() -> credential.getTokenSync(SCHEDULER), AzureIdentity::run)
            .whenComplete((token, thrown) -> took(token));
  }

  /** Runs a task on a thread of its own, because it may wait for a program or for a person. */
  private static void run(Runnable task) {
    Thread thread = new Thread(task, "sign-in");
    thread.setDaemon(true);
    thread.start();
  }

  private synchronized void took(@Nullable AccessToken token) {
    fetchedAt = System.nanoTime();
    if (token != null) {
      kept = token;
    }
  }

  private NoTokenException none(Throwable thrown) {
    Throwable cause = thrown.getCause();
    Throwable outer = thrown instanceof CompletionException && cause != null ? cause : thrown;
    Throwable root = outer;
    for (Throwable next = outer; next != null; next = next.getCause()) {
      root = next;
    }
    // Some exceptions say only that there is a cause; others list every sign-in method that was
    // tried.
    String words = words(outer);
    String reason =
        root == outer || words.contains(words(root)) ? words : words + " " + words(root);
    return new NoTokenException(
        "Authentication=%s brings no token: %s%s"
            .formatted(
                method,
                reason.substring(0, Math.min(reason.length(), REASON_LENGTH_MAX)),
                reason.length() > REASON_LENGTH_MAX ? "…" : reason.endsWith(".") ? "" : "."),
        outer);
  }

  private static String words(Throwable thrown) {
    return String.valueOf(thrown.getMessage()).replaceAll("\\s+", " ").strip();
  }
}
