package dev.holdfast.server.http.areas;

import dev.holdfast.server.http.keys.Access;
import dev.holdfast.server.http.keys.Level;
import dev.holdfast.server.http.keys.Permission;
import dev.holdfast.server.http.message.Request;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says who may call a route. When no keys are required, every caller may call every route. */
public final class Right {
  /** Every caller may call the route, without a key. */
  public static final Right NONE = new Right("no key", null, null);

  /** The caller needs a key that is valid for the whole durable API. */
  public static final Right DURABLE = new Right("durable key", null, null);

  /** The caller needs the master key, and must send it in the request header. */
  public static final Right MASTER = new Right("master key", null, null);

  /** The caller must have signed in, or must send a key, with the right to see pages. */
  public static final Right VIEW = page(Level.VIEW);

  /**
   * The caller must have signed in, or must send a key, with the right to control instances from
   * pages.
   */
  public static final Right OPERATE = page(Level.OPERATE);

  /**
   * The caller must have signed in, or must send a key, with the right to control the host from
   * pages.
   */
  public static final Right ADMINISTER = page(Level.ADMINISTER);

  /**
   * The caller must have signed in, or must send a key, with the right to see the payloads of
   * instances.
   */
  public static final Right PAYLOADS = page(Level.PAYLOADS);

  /** The path parameter with this name contains the id of the instance, for {@link #instance}. */
  public static final String ID = "id";

  private final String words;
  private final @Nullable Permission permission;
  private final @Nullable Level level;

  private Right(String words, @Nullable Permission permission, @Nullable Level level) {
    this.words = words;
    this.permission = permission;
    this.level = level;
  }

  private static Right page(Level level) {
    return new Right("sign-in for " + level.name().toLowerCase(Locale.ROOT), null, level);
  }

  /**
   * The caller needs a key to the durable API, or a management URL of this host that permits the
   * operation on the instance that the path parameter {@link #ID} names.
   */
  public static Right instance(Permission permission) {
    return new Right(
        "durable key or URL for " + permission.name().toLowerCase(Locale.ROOT), permission, null);
  }

  /**
   * Returns normally when the request may use the route.
   *
   * @throws dev.holdfast.server.http.message.RequestRefused the reply 401 or 429, when the request
   *     may not use the route
   */
  void check(Access access, Request request, PathValues values) {
    if (level != null) {
      access.page(request, level);
    } else if (permission != null) {
      access.instance(request, values.get(ID), permission);
    } else if (this == DURABLE) {
      access.durable(request);
    } else if (this == MASTER) {
      access.admin(request);
    }
  }

  /** Describes the right in a few words. */
  @Override
  public String toString() {
    return words;
  }
}
