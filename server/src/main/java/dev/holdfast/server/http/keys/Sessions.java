package dev.holdfast.server.http.keys;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the sessions of visitors who have signed in, each with its key. Sessions exist in memory
 * only, so a restart ends all of them. A session ends after {@link #IDLE_MAX} without a request,
 * after {@link #LIFE_MAX} in any case, and as soon as its key is deleted or has expired. The class
 * is thread-safe.
 */
public final class Sessions {
  public static final Duration IDLE_MAX = Duration.ofMinutes(30);
  public static final Duration LIFE_MAX = Duration.ofHours(12);

  /** When there are more sessions than this, the session that was used least recently ends. */
  static final int SESSIONS_MAX = 1_000;

  private static final int SECRET_BYTES = 32;

  private final Keys keys;
  private final InstantSource clock;

  /** Maps the digests of secrets to sessions, so that memory holds no secret. */
  private final Map<String, Session> sessions = new HashMap<>();

  public Sessions(Keys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  private record Session(String keyId, String token, Instant begun, Instant used) {
    boolean isOver(Instant now) {
      return !now.isBefore(used.plus(IDLE_MAX)) || !now.isBefore(begun.plus(LIFE_MAX));
    }

    Session usedAt(Instant now) {
      return new Session(keyId, token, begun, now);
    }
  }

  /**
   * Holds the key and the token of a session.
   *
   * @param key the key by which the visitor signed in, which is still valid
   * @param token the text that each form on the pages of the session contains
   */
  public record SignedIn(Key key, String token) {}

  /**
   * Begins a session.
   *
   * @return the secret of the session, which only the visitor's cookie contains
   */
  public synchronized String begin(Key key) {
    Instant now = clock.instant();
    sessions.values().removeIf(session -> session.isOver(now));
    while (sessions.size() >= SESSIONS_MAX) {
      sessions.entrySet().stream()
          .min(Comparator.comparing(each -> each.getValue().used()))
          .ifPresent(oldest -> sessions.remove(oldest.getKey()));
    }
    String secret = newSecret();
    sessions.put(digest(secret), new Session(key.id(), newSecret(), now, now));
    return secret;
  }

  /**
   * Returns the session with this secret, and notes that it was used now; empty when there is no
   * session.
   */
  public Optional<SignedIn> find(@Nullable String secret) {
    if (secret == null) {
      return Optional.empty();
    }
    Session session = touched(digest(secret));
    return session == null
        ? Optional.empty()
        : keys.byId(session.keyId()).map(key -> new SignedIn(key, session.token()));
  }

  private synchronized @Nullable Session touched(String digest) {
    Instant now = clock.instant();
    return sessions.computeIfPresent(
        digest, (same, session) -> session.isOver(now) ? null : session.usedAt(now));
  }

  /** Ends a session; does nothing when the session does not exist. */
  public synchronized void end(@Nullable String secret) {
    if (secret != null) {
      sessions.remove(digest(secret));
    }
  }

  synchronized int size() {
    return sessions.size();
  }

  static String newSecret() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Secrets.random(SECRET_BYTES));
  }

  private static String digest(String secret) {
    return HexFormat.of().formatHex(Secrets.sha256(secret));
  }
}
