package dev.holdfast.server.http.keys;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Describes a key as it is stored, without its secret.
 *
 * @param id the id of this secret, which lists and logs also show
 * @param scope the function or extension that the key is for; "" for host keys and the master key
 * @param name the name that people use, for example {@code default}; two keys with the same name
 *     exist during a rotation
 * @param sha256 the digest of the secret's UTF-8 bytes
 * @param expires the time from which the key is no longer valid; null means never
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

  /** Says what a key gives access to. */
  public enum Kind {
    /** The key gives access to one HTTP function. */
    FUNCTION,
    /** The key gives access to all HTTP functions. */
    HOST,
    /**
     * The key gives access to the webhooks of the extension with the same name, and to the gRPC
     * service.
     */
    SYSTEM,
    /** The key gives access to everything. */
    MASTER
  }

  /** This is the name of the extension that serves the durable management API. */
  public static final String DURABLE = "durabletask_extension";

  /** This is the name of the master key. */
  public static final String MASTER_NAME = "_master";

  boolean isFor(Kind wanted, String wantedScope, String wantedName) {
    return kind == wanted && scope.equalsIgnoreCase(wantedScope) && name.equals(wantedName);
  }

  boolean isActive(Instant now) {
    return expires == null || now.isBefore(expires);
  }

  /**
   * Returns whether the key is valid for the durable API over HTTP. The master key and the system
   * key of that API are valid for it.
   */
  boolean opensDurable() {
    return kind == Kind.MASTER || (kind == Kind.SYSTEM && name.equals(DURABLE));
  }

  /**
   * Returns whether the key is valid for the gRPC service. Every system key is valid for it, so
   * that each worker can have its own key.
   */
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
