package dev.holdfast.functions.kinds;

import java.util.Set;

/**
 * Represents one type of trigger or binding: how an app declares it, and what the host does with
 * it. Implementations have no state that changes, because all functions of an app share them.
 */
public interface BindingKind {

  /** Returns the type as function.json spells it; its case does not count. */
  String type();

  /**
   * Returns the simple names of the annotations of the Azure Functions Java library that declare a
   * binding of this type. A name that ends with {@code Output} declares an output. Annotations that
   * carry {@code @CustomBinding} name their type themselves and need no entry.
   */
  default Set<String> annotations() {
    return Set.of();
  }

  /**
   * Returns the attributes that are written for an annotation even when they have their default
   * value, as the build plugins write them.
   */
  default Set<String> alwaysWritten() {
    return Set.of();
  }

  /**
   * Returns whether {@code @StorageAccount} on a method names the connection of a binding that
   * names none itself.
   */
  default boolean usesStorageAccount() {
    return false;
  }
}
