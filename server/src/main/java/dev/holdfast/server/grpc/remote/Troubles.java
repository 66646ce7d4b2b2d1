package dev.holdfast.server.grpc.remote;

import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import dev.holdfast.server.grpc.HubCheck;
import dev.holdfast.server.grpc.remote.RemoteConnection.UnansweredException;
import dev.holdfast.server.grpc.remote.TokenSource.NoTokenException;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Translates failed calls to a remote hub into the exceptions of a task hub and into sentences with
 * a cure.
 */
record Troubles(RemoteTarget target) {

  /** Translates a failed call into the exception that a local task hub would throw. */
  RuntimeException refusal(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof RefusedException refused) {
      return refused;
    }
    if (cause instanceof UnansweredException) {
      return new RefusedException(
          Reason.UNANSWERED,
          "It is not known whether this was done: the hub at "
              + target.address()
              + " has not answered ("
              + why(Status.fromThrowable(cause))
              + "). Ask for the state, or ask again if doing it twice does no harm.");
    }
    Status status = Status.fromThrowable(cause);
    Reason reason =
        isWrongHub(cause) || isOfThisSide(status) ? Reason.UNAVAILABLE : reason(status.getCode());
    return reason == null
        ? new IllegalStateException("the hub at " + target.address() + " failed: " + status, cause)
        : new RefusedException(reason, reason == Reason.UNAVAILABLE ? words(cause) : told(status));
  }

  /**
   * Returns whether the failure arose in this process, because a status that a hub has sent has no
   * cause. In that case no hub has answered, although some other server may have.
   */
  private static boolean isOfThisSide(Status status) {
    return status.getCode() == Status.Code.INTERNAL && status.getCause() != null;
  }

  /**
   * Returns whether the answer means that the hub, and not an instance, is missing; only Holdfast
   * hosts mark this in their answers.
   */
  private static boolean isWrongHub(Throwable thrown) {
    Metadata trailers = Status.trailersFromThrowable(thrown);
    return trailers != null && trailers.containsKey(HubCheck.SERVED);
  }

  private static @Nullable Reason reason(Status.Code code) {
    return switch (code) {
      case ALREADY_EXISTS -> Reason.ALREADY_EXISTS;
      case NOT_FOUND -> Reason.NOT_FOUND;
      case INVALID_ARGUMENT, OUT_OF_RANGE -> Reason.INVALID_ARGUMENT;
      case FAILED_PRECONDITION, UNIMPLEMENTED -> Reason.FAILED_PRECONDITION;
      case RESOURCE_EXHAUSTED -> Reason.OVERLOADED;
      case UNAVAILABLE, DEADLINE_EXCEEDED, UNAUTHENTICATED, PERMISSION_DENIED, CANCELLED, ABORTED ->
          Reason.UNAVAILABLE;
      case OK, UNKNOWN, INTERNAL, DATA_LOSS -> null;
    };
  }

  private static String told(Status status) {
    String words = status.getDescription();
    return words == null ? status.getCode().toString() : words;
  }

  /** Says in one sentence why the hub cannot be reached, followed by the cure. */
  String words(Throwable thrown) {
    NoTokenException noToken = find(NoTokenException.class, thrown);
    if (noToken != null) {
      return "This host cannot sign in to the hub at "
          + target.address()
          + ". "
          + noToken.getMessage();
    }
    Status status = Status.fromThrowable(thrown);
    String words = told(status);
    return switch (status.getCode()) {
      case UNAUTHENTICATED ->
          "The hub at "
              + target.address()
              + " does not accept the token ("
              + words
              + "). Give it one that is valid with --connect-token-file.";
      case PERMISSION_DENIED ->
          "The hub at "
              + target.address()
              + " does not let this host in ("
              + words
              + "). Check the task hub '"
              + target.askedHub()
              + "' and what the token may do.";
      case NOT_FOUND ->
          "There is no task hub '"
              + target.askedHub()
              + "' at "
              + target.address()
              + " ("
              + words
              + "). Correct TaskHub in the connection string, or hubName in host.json.";
      default ->
          "The hub at "
              + target.address()
              + " cannot be reached ("
              + why(status)
              + ")."
              + cure(thrown);
    };
  }

  private String cure(Throwable thrown) {
    if (isOf(UnknownHostException.class, thrown)) {
      return " Correct --connect.";
    }
    if (target.tls() == null) {
      return isOf(ConnectException.class, thrown)
          ? " Start it, or correct --connect."
          : " If it speaks TLS, connect with https://; if this is the port of its HTTP API, connect to that of gRPC.";
    }
    if (isOf(GeneralSecurityException.class, thrown)) {
      return " Name the authorities that vouch for it with --connect-ca.";
    }
    return isOf(SSLException.class, thrown)
        ? " If it speaks plain text, connect with http://; if it lets in only clients that it knows, show a certificate of those with --connect-cert and --connect-key."
        : "";
  }

  private static boolean isOf(Class<? extends Exception> kind, Throwable thrown) {
    return find(kind, thrown) != null;
  }

  private static <E extends Exception> @Nullable E find(Class<E> kind, Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (kind.isInstance(cause)) {
        return kind.cast(cause);
      }
    }
    return null;
  }

  private static String why(Status status) {
    Throwable root = status.getCause();
    while (root != null && root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof UnknownHostException) {
      return "no machine of that name is known";
    }
    return root == null || root.getMessage() == null ? told(status) : root.getMessage();
  }
}
