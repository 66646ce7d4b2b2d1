package dev.holdfast.core;

import com.google.protobuf.ByteString;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The door to keyed records for triggers and policies: one namespace, whose values have one type.
 * It makes the rows that an answer carries into the commit of its instance ({@link
 * Answer.ActivityDone#records}), and reads what is durable.
 *
 * <p>A namespace has an owner and a subject with a dot between them, such as {@code
 * queue.messages}. The hub's own namespaces have no dot, so no door leads to them.
 *
 * @param <T> the type of the values
 */
public final class Records<T> {
  private final String namespace;
  private final Function<T, ByteString> write;
  private final Function<ByteString, T> read;

  /**
   * Opens the door to one namespace.
   *
   * @throws IllegalArgumentException the namespace has no dot, or no store can keep it
   */
  public Records(String namespace, Function<T, ByteString> write, Function<ByteString, T> read) {
    if (namespace.indexOf('.') <= 0) {
      throw new IllegalArgumentException(
          "The namespace '"
              + namespace
              + "' may belong to the hub. Give it an owner and a subject with a dot between them.");
    }
    this.namespace = storable("namespace", namespace);
    this.write = write;
    this.read = read;
  }

  /**
   * Returns the row that keeps the value under this name, in the place of an earlier one.
   *
   * @throws IllegalArgumentException no store can keep the name
   */
  public Rows.Keyed put(String name, T value) {
    return new Rows.Keyed(namespace, storable("name of a record", name), write.apply(value));
  }

  /** Returns the row that removes the value of this name; it does nothing when there is none. */
  public Rows.Keyed remove(String name) {
    return new Rows.Keyed(namespace, storable("name of a record", name), null);
  }

  /** Returns the durable value of this name. */
  public Optional<T> get(Store store, String name) {
    @Nullable ByteString bytes = store.record(namespace, name);
    return bytes == null ? Optional.empty() : Optional.of(read.apply(bytes));
  }

  private static String storable(String what, String text) {
    String problem = Text.problem(what, text);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return text;
  }
}
