package dev.holdfast.server.http.keys;

import dev.holdfast.server.http.keys.Key.Kind;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.http.message.RequestRefused;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request is permitted. Every method returns normally when it is. Otherwise the
 * method throws the reply: 401 without a body, or 429 for an address that keeps guessing keys.
 */
public final class Access {
  private final boolean required;
  private final Keys keys;
  private final Capabilities capabilities;
  private final Guesses guesses;
  private final PageAccess pages;

  /**
   * Creates the checks for one host.
   *
   * @param required whether keys are required; false permits every request, which is right only
   *     when no other machine can connect
   */
  public Access(
      boolean required, Keys keys, Capabilities capabilities, Guesses guesses, Sessions sessions) {
    this.required = required;
    this.keys = keys;
    this.capabilities = capabilities;
    this.guesses = guesses;
    this.pages = new PageAccess(required, keys, sessions, guesses);
  }

  /** Returns the object that decides who may use the pages for people. */
  public PageAccess pages() {
    return pages;
  }

  /** Checks that the sender of a request has the level that a page needs. */
  public void page(Request request, Level level) {
    pages.check(request, level);
  }

  /** Checks a request for any part of the durable management API. */
  public void durable(Request request) {
    if (required) {
      String code = presented(request);
      boolean opens =
          code != null
              && (Capabilities.isOne(code)
                  ? capabilities.opensEverything(code)
                  : isDurableKey(code));
      if (!opens) {
        refuse(request, code);
      }
    }
  }

  /** Checks a request for one operation on one instance. */
  public void instance(Request request, String instanceId, Permission permission) {
    if (required) {
      String code = presented(request);
      boolean opens =
          code != null
              && (Capabilities.isOne(code)
                  ? capabilities.opens(code, instanceId, permission)
                      || capabilities.opensEverything(code)
                  : isDurableKey(code));
      if (!opens) {
        refuse(request, code);
      }
    }
  }

  /** Checks a call of an HTTP function of level {@code function}. */
  public void function(Request request, String functionName) {
    if (required) {
      String code = presented(request);
      Optional<Key> key = recognise(code);
      boolean opens =
          key.isPresent()
              && switch (key.get().kind()) {
                case MASTER, HOST -> true;
                case FUNCTION -> key.get().scope().equalsIgnoreCase(functionName);
                case SYSTEM -> false;
              };
      if (!opens) {
        refuse(request, code);
      }
    }
  }

  /** Checks a call of an HTTP function of level {@code admin}. */
  public void master(Request request) {
    if (required) {
      master(request, presented(request));
    }
  }

  /**
   * Checks a request for the admin API, which needs the master key. The key counts only in the
   * header, so that it stays out of logs.
   */
  public void admin(Request request) {
    if (required) {
      master(request, request.header("x-functions-key"));
    }
  }

  private void master(Request request, @Nullable String code) {
    if (recognise(code).filter(key -> key.kind() == Kind.MASTER).isEmpty()) {
      refuse(request, code);
    }
  }

  private boolean isDurableKey(String code) {
    return keys.opensDurable(code);
  }

  private Optional<Key> recognise(@Nullable String code) {
    return code == null ? Optional.empty() : keys.recognise(code);
  }

  /** Returns the key that the request carries; the header takes precedence over the query. */
  private static @Nullable String presented(Request request) {
    String header = request.header("x-functions-key");
    return header != null ? header : request.query().text("code");
  }

  private void refuse(Request request, @Nullable String code) {
    if (code != null && guesses.tooMany(request.remoteAddress())) {
      throw new RequestRefused(
          Reply.error(
                  429,
                  "Too many wrong keys came from this address. Wait a minute, and use a key that"
                      + " './holdfast keys list' shows.")
              .with("Retry-After", "60"));
    }
    throw new RequestRefused(Reply.empty(401));
  }
}
