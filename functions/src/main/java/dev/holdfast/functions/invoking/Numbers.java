package dev.holdfast.functions.invoking;

import org.jspecify.annotations.Nullable;

/** Converts texts and whole numbers to Java's number types. */
final class Numbers {

  private Numbers() {}

  /**
   * Returns the text as a number of this type; null when the type is not a number type.
   *
   * @throws NumberFormatException the text is not a number of this type
   */
  static @Nullable Object parse(Class<?> type, String text) {
    if (type == int.class || type == Integer.class) {
      return Integer.valueOf(text);
    }
    if (type == long.class || type == Long.class) {
      return Long.valueOf(text);
    }
    if (type == double.class || type == Double.class) {
      return Double.valueOf(text);
    }
    if (type == float.class || type == Float.class) {
      return Float.valueOf(text);
    }
    if (type == short.class || type == Short.class) {
      return Short.valueOf(text);
    }
    return type == byte.class || type == Byte.class ? Byte.valueOf(text) : null;
  }

  static boolean isNumber(Class<?> type) {
    return parse(type, "0") != null;
  }

  /**
   * Returns the number as an integer type smaller than long; null when the type is not an integer
   * type of this kind.
   *
   * @throws NumberFormatException the number does not fit the type
   */
  static @Nullable Object narrow(Class<?> type, long number) {
    boolean whole =
        type == int.class
            || type == Integer.class
            || type == short.class
            || type == Short.class
            || type == byte.class
            || type == Byte.class;
    return whole ? parse(type, Long.toString(number)) : null;
  }
}
