package dev.holdfast.functions.kinds;

import java.util.Set;

/**
 * Represents one type of trigger or binding: an implementation says how an app declares the type,
 * and what the host does with it. Implementations have no mutable state, because all functions of
 * an app share them.
 */
public interface BindingKind {

  /** Returns the type as function.json spells it; types are compared without regard to case. */
  String type();

  /**
   * Returns the simple names of the annotations of the Azure Functions Java library that declare a
   * binding of this type. A name that ends with {@code Output} declares an output. Annotations that
   * carry {@code @CustomBinding} contain the name of their type and need no entry.
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
   * Returns whether {@code @StorageAccount} on a method names the connection of those bindings of
   * this type that name none.
   */
  default boolean usesStorageAccount() {
    return false;
  }
}
