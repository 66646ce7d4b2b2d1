package dev.holdfast.check;

import java.util.Set;
import org.objectweb.asm.Type;

/** Says what a value of a Java type looks like as JSON, as far as that is sure. */
enum Shape {
  TEXT,
  NUMBER,
  TRUTH,
  LIST,
  NOTHING,
  /** It may be anything, such as an object or a text. */
  ANY;

  private static final Set<String> NUMBERS =
      Set.of("Byte", "Short", "Integer", "Long", "Float", "Double");

  static Shape of(Type type) {
    return switch (type.getSort()) {
      case Type.VOID -> NOTHING;
      case Type.BOOLEAN -> TRUTH;
      case Type.CHAR -> TEXT;
      case Type.BYTE, Type.SHORT, Type.INT, Type.LONG, Type.FLOAT, Type.DOUBLE -> NUMBER;
      // An array of bytes becomes a text, and one of characters may.
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

  /** Says whether a value of the one shape may be read as the other. */
  static boolean fits(Shape given, Shape wanted) {
    return given == wanted || given == ANY || wanted == ANY || wanted == NOTHING;
  }
}
