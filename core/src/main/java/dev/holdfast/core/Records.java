package dev.holdfast.core;

import com.google.protobuf.ByteString;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives triggers and policies access to keyed records: to one namespace whose values have one type.
 * It makes the rows that an answer brings into the commit of its instance ({@link
 * Answer.ActivityDone#records}), and reads durable values.
 *
 * <p>A namespace has an owner and a subject with a dot between them, such as {@code
 * queue.messages}. The hub's own namespaces have no dot, so this class cannot open them.
 *
 * @param <T> the type of the values
 */
public final class Records<T> {
  private final String namespace;
  private final Function<T, ByteString> write;
  private final Function<ByteString, T> read;

  /**
   * Opens one namespace.
   *
   * @throws IllegalArgumentException the namespace has no dot, or stores cannot keep its characters
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
   * Returns the row that stores the value under this name and replaces an earlier value.
   *
   * @throws IllegalArgumentException stores cannot keep the characters of the name
   */
  public Rows.Keyed put(String name, T value) {
    return new Rows.Keyed(namespace, storable("name of a record", name), write.apply(value));
  }

  /**
   * Returns the row that removes the value of this name; the row has no effect when there is no
   * value.
   */
  public Rows.Keyed remove(String name) {
    return new Rows.Keyed(namespace, storable("name of a record", name), null);
  }

  /** Returns the durable value of this name; empty when there is none. */
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
