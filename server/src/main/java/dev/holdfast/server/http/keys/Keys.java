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
 * Makes, lists, rotates, deletes and recognises the keys of a host.
 *
 * <p>Only SHA-256 digests of secrets are stored, because 32 random bytes need no slow hash. A
 * secret appears once, in the result of the call that makes it. The class is thread-safe, and
 * another process may change the same records.
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
   * Holds a key that was just made.
   *
   * @param secret the secret, which is never shown again
   */
  public record NewKey(Key key, String secret) {}

  /** Makes the standard keys of a host that do not exist yet, and returns the new keys. */
  public List<NewKey> createMissing() {
    List<NewKey> made = new ArrayList<>();
    createIfMissing(Kind.MASTER, "", Key.MASTER_NAME).ifPresent(made::add);
    createIfMissing(Kind.HOST, "", "default").ifPresent(made::add);
    createIfMissing(Kind.SYSTEM, Key.DURABLE, Key.DURABLE).ifPresent(made::add);
    return made;
  }

  /**
   * Makes a key unless a key with that name exists; of several simultaneous callers, only one makes
   * the key.
   *
   * @return the new key; empty when a key with that name exists, which stays unchanged
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

  /** Returns every key that is still valid, sorted by kind, scope and name. */
  public List<Key> active() {
    Instant now = clock.instant();
    return all().stream()
        .filter(key -> key.isActive(now))
        .sorted(Comparator.comparing(Key::kind).thenComparing(Key::scope).thenComparing(Key::name))
        .toList();
  }

  /** Returns the valid key with this id. */
  Optional<Key> byId(String id) {
    Instant now = clock.instant();
    return all().stream().filter(key -> key.id().equals(id) && key.isActive(now)).findFirst();
  }

  /** Makes a key with a random secret. An older key with that name becomes invalid. */
  public NewKey create(Kind kind, String scope, String name) {
    return rotate(kind, scope, name, Duration.ZERO);
  }

  /**
   * Makes a key with a secret that the caller has chosen. An older key with that name becomes
   * invalid.
   *
   * @throws IllegalArgumentException the secret is too short
   */
  public NewKey create(Kind kind, String scope, String name, String secret) {
    if (secret.length() < SECRET_LENGTH_MIN) {
      throw new IllegalArgumentException(
          "A key needs at least 16 characters; leave its value out to have one made.");
    }
    return put(newKey(Secrets.newId(), kind, scope, name, secret), secret, Duration.ZERO);
  }

  /**
   * Makes a new secret for a key; the former secret stays valid during the grace period. A secret
   * that is already in a grace period becomes invalid at once.
   *
   * @param grace how long both secrets are valid; zero makes the former secret invalid at once
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
   * Deletes a key and the former secrets of its rotations.
   *
   * @return whether the key existed
   * @throws IllegalArgumentException the key is the master key, which can only be rotated
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
   * Returns the valid key with this secret. The time of the call does not depend on whether a key
   * matches, because the secret is compared with every digest in constant time.
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

  /**
   * Returns whether this is the secret of a key that is valid for the durable API over HTTP. Like
   * {@link #recognise}, the call takes the same time for every text.
   */
  public boolean opensDurable(String secret) {
    return recognise(secret).filter(Key::opensDurable).isPresent();
  }

  /**
   * Returns whether this is the secret of a key that is valid for the gRPC service. Like {@link
   * #recognise}, the call takes the same time for every text.
   */
  public boolean opensGrpc(String secret) {
    return recognise(secret).filter(Key::opensGrpc).isPresent();
  }

  /** Returns the secret that signs capabilities; the first use makes the secret. */
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

  /** Makes a new secret for capabilities; all management URLs from before stop working. */
  public void rotateCapabilities() {
    byte[] made = KeyCodec.encodeSecret(Secrets.random(32));
    records.change(
        all -> {
          all.put(CAPABILITY_SECRET, made);
          return all;
        });
  }

  /**
   * Returns an object that is replaced whenever a record changes; values derived from the records
   * are then out of date.
   */
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
