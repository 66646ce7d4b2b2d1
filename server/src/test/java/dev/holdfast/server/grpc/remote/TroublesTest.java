package dev.holdfast.server.grpc.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.RefusedException;
import dev.holdfast.server.grpc.remote.TokenSource.NoTokenException;
import io.grpc.Status;
import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** What is said of a hub that cannot be asked: the cause, and what helps against it. */
class TroublesTest {
  private final Troubles plain = new Troubles(new RemoteTarget("hub", 1, null, null, null, "me"));
  private final Troubles tls =
      new Troubles(new RemoteTarget("hub", 1, RemoteTarget.Tls.USUAL, null, null, "me"));

  private static Exception unavailable(Throwable cause) {
    return Status.UNAVAILABLE.withCause(cause).asException();
  }

  @Test
  void a_name_that_nobody_knows() {
    assertThat(tls.words(unavailable(new UnknownHostException("hub"))))
        .isEqualTo(
            "The hub at https://hub:1 cannot be reached (no machine of that name is known)."
                + " Correct --connect.");
  }

  @Test
  void nobody_who_listens() {
    assertThat(plain.words(unavailable(new ConnectException("Connection refused"))))
        .contains("Connection refused", "Start it");
  }

  @Test
  void somebody_who_speaks_something_else() {
    assertThat(plain.words(Status.UNAVAILABLE.withDescription("no HTTP/2").asException()))
        .contains("no HTTP/2", "https://", "port of its HTTP API");
    assertThat(tls.words(unavailable(new SSLException("not an SSL/TLS record"))))
        .contains("not an SSL/TLS record", "http://", "--connect-cert");
    Exception noHub =
        Status.INTERNAL
            .withCause(new java.io.IOException("first frame is no SETTINGS"))
            .asException();
    assertThat(plain.refusal(noHub))
        .isInstanceOfSatisfying(
            RefusedException.class,
            it -> assertThat(it.reason()).isEqualTo(RefusedException.Reason.UNAVAILABLE));
    assertThat(plain.refusal(Status.INTERNAL.withDescription("a fault of the hub").asException()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void no_token_to_show() {
    Exception none =
        Status.UNAUTHENTICATED
            .withCause(new NoTokenException("Nobody is signed in.", new Exception()))
            .asException();

    assertThat(tls.words(none))
        .isEqualTo("This host cannot sign in to the hub at https://hub:1. Nobody is signed in.");
    assertThat(tls.refusal(none))
        .isInstanceOfSatisfying(
            RefusedException.class,
            it -> assertThat(it.reason()).isEqualTo(RefusedException.Reason.UNAVAILABLE));
  }
}
