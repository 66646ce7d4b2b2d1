package dev.holdfast.server.http.keys;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is kept: everything but the secret itself.
 *
 * @param id names this secret, also in lists and logs
 * @param scope the function or extension it is for; "" for host keys and the master key
 * @param name what people call it, e.g. {@code default}; two keys of one name exist during a
 *     rotation
 * @param sha256 of the secret's UTF-8 bytes
 * @param expires from then on it opens nothing; null is never
 */
@SuppressWarnings("ArrayRecordComponent")
public record Key(
    String id,
    Kind kind,
    String scope,
    String name,
    byte[] sha256,
    Instant created,
    @Nullable Instant expires) {

  /** What a key opens. */
  public enum Kind {
    /** One HTTP function. */
    FUNCTION,
    /** All HTTP functions. */
    HOST,
    /** The webhooks of the extension whose name it has, and the gRPC service. */
    SYSTEM,
    /** Everything. */
    MASTER
  }

  /** The extension of the durable management API. */
  public static final String DURABLE = "durabletask_extension";

  /** The name of the master key. */
  public static final String MASTER_NAME = "_master";

  boolean isFor(Kind wanted, String wantedScope, String wantedName) {
    return kind == wanted && scope.equalsIgnoreCase(wantedScope) && name.equals(wantedName);
  }

  boolean isActive(Instant now) {
    return expires == null || now.isBefore(expires);
  }

  /** Whether it opens the durable API over HTTP: of the system keys only that of its extension. */
  boolean opensDurable() {
    return kind == Kind.MASTER || (kind == Kind.SYSTEM && name.equals(DURABLE));
  }

  /** Whether it opens the gRPC service: every system key, so each worker can have its own. */
  boolean opensGrpc() {
    return kind == Kind.MASTER || kind == Kind.SYSTEM;
  }

  Key expiringAt(Instant when) {
    return new Key(id, kind, scope, name, sha256, created, when);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Key key && id.equals(key.id) && Arrays.equals(sha256, key.sha256);
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, Arrays.hashCode(sha256));
  }

  @Override
  public String toString() {
    return kind + " key " + name + (scope.isEmpty() ? "" : " of " + scope) + " (" + id + ")";
  }
}
