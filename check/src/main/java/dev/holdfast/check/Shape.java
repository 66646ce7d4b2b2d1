package dev.holdfast.check;

import java.util.Set;
import org.objectweb.asm.Type;

/** Names the forms that values of Java types have in JSON, as far as they are certain. */
enum Shape {
  TEXT,
  NUMBER,
  TRUTH,
  LIST,
  NOTHING,
  /** The value may have any form, such as an object or a text. */
  ANY;

  private static final Set<String> NUMBERS =
      Set.of("Byte", "Short", "Integer", "Long", "Float", "Double");

  static Shape of(Type type) {
    return switch (type.getSort()) {
      case Type.VOID -> NOTHING;
      case Type.BOOLEAN -> TRUTH;
      case Type.CHAR -> TEXT;
      case Type.BYTE, Type.SHORT, Type.INT, Type.LONG, Type.FLOAT, Type.DOUBLE -> NUMBER;
      // An array of bytes becomes a text, and an array of characters may become one.
      case Type.ARRAY ->
          type.getElementType().getSort() == Type.BYTE
                  || type.getElementType().getSort() == Type.CHAR
              ? ANY
              : LIST;
      default -> ofClass(type.getInternalName());
    };
  }

  private static Shape ofClass(String name) {
    if (name.startsWith("java/lang/") && NUMBERS.contains(name.substring("java/lang/".length()))) {
      return NUMBER;
    }
    return switch (name) {
      case "java/lang/String", "java/lang/Character", "java/lang/CharSequence" -> TEXT;
      case "java/lang/Boolean" -> TRUTH;
      case "java/lang/Void" -> NOTHING;
      case "java/math/BigDecimal", "java/math/BigInteger" -> NUMBER;
      case "java/util/List", "java/util/ArrayList", "java/util/Set", "java/util/Collection" -> LIST;
      default -> ANY;
    };
  }

  /** Returns whether a value of the given shape may be read as the wanted one. */
  static boolean fits(Shape given, Shape wanted) {
    return given == wanted || given == ANY || wanted == ANY || wanted == NOTHING;
  }
}
