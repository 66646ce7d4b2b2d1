package dev.holdfast.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.RefusedException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which failures of functions are those of the hub. */
class HubTroubleTest {
  private static final String AWAY = "UNAVAILABLE: The hub is away. Start it.";

  /** As gRPC has it, in whatever version an app brings. */
  public static final class StatusRuntimeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Metadata trailers;

    StatusRuntimeException(String message, String... keys) {
      super(message);
      trailers = new Metadata(Set.of(keys));
    }

    public Metadata getTrailers() {
      return trailers;
    }
  }

  /** See {@link StatusRuntimeException}. */
  public record Metadata(Set<String> keys) {}

  @Test
  void a_refusal_of_our_own_service_is_one_however_deep_it_is() {
    Throwable ours = new StatusRuntimeException(AWAY, "content-type", HubTrouble.MARK);
    for (Throwable thrown :
        new Throwable[] {ours, new IllegalStateException(new RuntimeException("wrapped", ours))}) {
      RefusedException trouble = HubTrouble.in(thrown);

      assertThat(trouble).hasMessage("The hub is away. Start it.");
      assertThat(trouble.reason()).isEqualTo(RefusedException.Reason.UNAVAILABLE);
    }
  }

  @Test
  void whatever_else_a_function_throws_is_its_own() {
    for (Throwable own :
        new Throwable[] {
          new StatusRuntimeException(AWAY, "content-type"),
          new StatusRuntimeException("NOT_FOUND: no such instance", HubTrouble.MARK),
          new IllegalStateException(AWAY),
          new IllegalStateException()
        }) {
      assertThat(HubTrouble.in(own)).as("%s", own).isNull();
    }
  }
}
