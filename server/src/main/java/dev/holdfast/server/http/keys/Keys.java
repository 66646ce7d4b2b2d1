package dev.holdfast.server.http.keys;

import dev.holdfast.server.http.keys.Key.Kind;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The keys of a host: made, listed, rotated, deleted, and recognised.
 *
 * <p>Only SHA-256 digests are kept (32 random bytes need no slow hash); a secret is shown once, by
 * the call that makes it. Safe for many threads; another process may change the same records.
 */
public final class Keys {
  private static final String CAPABILITY_SECRET = "capability-secret";
  private static final int SECRET_LENGTH_MIN = 16;

  private final KeyRecords records;
  private final InstantSource clock;
  private volatile Decoded decoded = new Decoded(Map.of(), List.of());

  public Keys(KeyRecords records, InstantSource clock) {
    this.records = records;
    this.clock = clock;
  }

  private record Decoded(Map<String, byte[]> raw, List<Key> keys) {}

  /**
   * A key that was just made.
   *
   * @param secret shown now and never again
   */
  public record NewKey(Key key, String secret) {}

  /** Makes the keys every host has, where they are missing; returns what was made. */
  public List<NewKey> createMissing() {
    List<NewKey> made = new ArrayList<>();
    createIfMissing(Kind.MASTER, "", Key.MASTER_NAME).ifPresent(made::add);
    createIfMissing(Kind.HOST, "", "default").ifPresent(made::add);
    createIfMissing(Kind.SYSTEM, Key.DURABLE, Key.DURABLE).ifPresent(made::add);
    return made;
  }

  /**
   * Makes a key unless there is one of that name; of several that try at once, one makes it.
   *
   * @return empty when there is one, which stays as it is
   */
  public Optional<NewKey> createIfMissing(Kind kind, String scope, String name) {
    if (active().stream().anyMatch(key -> key.isFor(kind, scope, name))) {
      return Optional.empty();
    }
    String id = Secrets.newId();
    String secret = Secrets.newSecret(kind, id);
    Key key = newKey(id, kind, scope, name, secret);
    AtomicBoolean made = new AtomicBoolean();
    records.change(
        all -> {
          List<Key> before =
              decode(all).stream().filter(it -> it.isFor(kind, scope, name)).toList();
          made.set(before.stream().noneMatch(it -> it.isActive(key.created())));
          if (made.get()) {
            before.forEach(it -> all.remove(it.id()));
            all.put(id, KeyCodec.encode(key));
          }
          return all;
        });
    return made.get() ? Optional.of(new NewKey(key, secret)) : Optional.empty();
  }

  /** Every key that still opens something, by kind, scope and name. */
  public List<Key> active() {
    Instant now = clock.instant();
    return all().stream()
        .filter(key -> key.isActive(now))
        .sorted(Comparator.comparing(Key::kind).thenComparing(Key::scope).thenComparing(Key::name))
        .toList();
  }

  /** Makes a key with a secret of our own. A key of that name stops working at once. */
  public NewKey create(Kind kind, String scope, String name) {
    return rotate(kind, scope, name, Duration.ZERO);
  }

  /**
   * Makes a key with a secret that someone chose. A key of that name stops working at once.
   *
   * @throws IllegalArgumentException the secret is too short to be one
   */
  public NewKey create(Kind kind, String scope, String name, String secret) {
    if (secret.length() < SECRET_LENGTH_MIN) {
      throw new IllegalArgumentException(
          "A key needs at least 16 characters; leave its value out to have one made.");
    }
    return put(newKey(Secrets.newId(), kind, scope, name, secret), secret, Duration.ZERO);
  }

  /**
   * Makes a new secret for a key; the one before keeps working for a while. Of two that are still
   * in their grace, the older ends at once.
   *
   * @param grace how long both work; zero ends the old one at once
   */
  public NewKey rotate(Kind kind, String scope, String name, Duration grace) {
    String id = Secrets.newId();
    String secret = Secrets.newSecret(kind, id);
    return put(newKey(id, kind, scope, name, secret), secret, grace);
  }

  private Key newKey(String id, Kind kind, String scope, String name, String secret) {
    return new Key(id, kind, scope, name, Secrets.sha256(secret), clock.instant(), null);
  }

  private NewKey put(Key key, String secret, Duration grace) {
    records.change(
        all -> {
          for (Key before : decode(all)) {
            if (!before.isFor(key.kind(), key.scope(), key.name())) {
              continue;
            }
            if (grace.isZero() || before.expires() != null) {
              all.remove(before.id());
            } else {
              Key ending = before.expiringAt(key.created().plus(grace));
              all.put(before.id(), KeyCodec.encode(ending));
            }
          }
          all.put(key.id(), KeyCodec.encode(key));
          return all;
        });
    return new NewKey(key, secret);
  }

  /**
   * Takes a key away, with what is left of a rotation.
   *
   * @return whether there was one
   * @throws IllegalArgumentException the master key can only be renewed
   */
  public boolean delete(Kind kind, String scope, String name) {
    if (kind == Kind.MASTER) {
      throw new IllegalArgumentException("The master key cannot be deleted; rotate it instead.");
    }
    List<String> gone = new ArrayList<>();
    records.change(
        all -> {
          for (Key key : decode(all)) {
            if (key.isFor(kind, scope, name)) {
              gone.add(key.id());
              all.remove(key.id());
            }
          }
          return all;
        });
    return !gone.isEmpty();
  }

  /**
   * The key whose secret this is. Takes the same time whether and where one matches: every digest
   * is compared, each in constant time.
   */
  public Optional<Key> recognise(String secret) {
    byte[] digest = Secrets.sha256(secret);
    Instant now = clock.instant();
    Optional<Key> match = Optional.empty();
    for (Key key : all()) {
      boolean same = MessageDigest.isEqual(digest, key.sha256());
      match = same && key.isActive(now) ? Optional.of(key) : match;
    }
    return match;
  }

  /** Whether this is the secret of a key to the durable API over HTTP; as {@link #recognise}. */
  public boolean opensDurable(String secret) {
    return recognise(secret).filter(Key::opensDurable).isPresent();
  }

  /** Whether this is the secret of a key to the gRPC service; as {@link #recognise}. */
  public boolean opensGrpc(String secret) {
    return recognise(secret).filter(Key::opensGrpc).isPresent();
  }

  /** The secret that signs capabilities; made on first use. */
  byte[] capabilitySecret() {
    byte[] record = records.all().get(CAPABILITY_SECRET);
    if (record == null) {
      byte[] made = KeyCodec.encodeSecret(Secrets.random(32));
      records.change(
          all -> {
            all.putIfAbsent(CAPABILITY_SECRET, made);
            return all;
          });
      record = records.all().getOrDefault(CAPABILITY_SECRET, made);
    }
    return KeyCodec.decodeSecret(record);
  }

  /** Makes a new secret for capabilities: every management URL given out before stops working. */
  public void rotateCapabilities() {
    byte[] made = KeyCodec.encodeSecret(Secrets.random(32));
    records.change(
        all -> {
          all.put(CAPABILITY_SECRET, made);
          return all;
        });
  }

  /** Changes whenever any record has; what was derived from the records is then out of date. */
  Object version() {
    return records.all();
  }

  private List<Key> all() {
    Map<String, byte[]> raw = records.all();
    Decoded known = decoded;
    if (known.raw() != raw) {
      known = new Decoded(raw, decode(raw));
      decoded = known;
    }
    return known.keys();
  }

  private static List<Key> decode(Map<String, byte[]> raw) {
    List<Key> keys = new ArrayList<>();
    raw.forEach(
        (id, bytes) -> {
          if (!id.equals(CAPABILITY_SECRET)) {
            keys.add(KeyCodec.decode(id, bytes));
          }
        });
    return keys;
  }
}
