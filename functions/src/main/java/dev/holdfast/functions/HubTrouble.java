package dev.holdfast.functions;

import dev.holdfast.core.RefusedException;
import dev.holdfast.core.RefusedException.Reason;
import java.lang.reflect.Method;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recognises exceptions of functions whose cause is that the durable client could not reach the
 * hub; such a failure is not the function's fault.
 *
 * <p>The client's exceptions are classes of the app, from any version of gRPC that the app brings.
 * They are recognised by a trailer that this host's gRPC service puts into its answer, so that a
 * refusal by another service is not mistaken for a refusal by this host.
 */
public final class HubTrouble {
  /**
   * The gRPC service adds a trailer of this name to an answer when the hub cannot answer requests.
   */
  public static final String MARK = "holdfast-unavailable";

  private static final String CODE = "UNAVAILABLE: ";
  private static final int DEPTH = 20;

  private HubTrouble() {}

  /**
   * Looks for a marked answer of this host's gRPC service in an exception and its causes.
   *
   * @return the reason why the hub could not answer, with the cure; null when the exception has
   *     another or an unknown reason
   */
  static @Nullable RefusedException in(Throwable thrown) {
    Throwable one = thrown;
    for (int i = 0; i < DEPTH && one != null; i++) {
      String message = one.getMessage();
      if (message != null
          && message.startsWith(CODE)
          && one.getClass().getSimpleName().equals("StatusRuntimeException")
          && isMarked(one)) {
        return new RefusedException(Reason.UNAVAILABLE, message.substring(CODE.length()));
      }
      one = one.getCause();
    }
    return null;
  }

  private static boolean isMarked(Throwable status) {
    try {
      Object trailers = value(status, "getTrailers");
      return trailers != null
          && value(trailers, "keys") instanceof Set<?> keys
          && keys.contains(MARK);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return false;
    }
  }

  private static @Nullable Object value(Object of, String name)
      throws ReflectiveOperationException {
    Method method = of.getClass().getMethod(name);
    return method.invoke(of);
  }
}
