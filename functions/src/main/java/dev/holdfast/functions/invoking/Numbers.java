package dev.holdfast.functions.invoking;

import org.jspecify.annotations.Nullable;

/** The number types that texts and whole numbers are turned into. */
final class Numbers {

  private Numbers() {}

  /**
   * The text as a number of this type; null when the type is no number.
   *
   * @throws NumberFormatException the text is no such number
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
   * The number as a smaller whole type; null when the type is no such type.
   *
   * @throws NumberFormatException the number does not fit
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
