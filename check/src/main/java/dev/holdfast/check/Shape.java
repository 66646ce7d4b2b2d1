package dev.holdfast.check;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;

/** Names the forms that values of Java types have in JSON, as far as they are certain. */
enum Shape {
  TEXT,
  NUMBER,
  TRUTH,
  LIST,
  /** The value is an object with fields. */
  OBJECT,
  NOTHING,
  /** The value may have any form, such as an object or a text. */
  ANY;

  private static final Set<String> NUMBERS =
      Set.of("Byte", "Short", "Integer", "Long", "Float", "Double");

  static Shape of(Type type, Code code) {
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
      default -> ofClass(type.getInternalName(), code);
    };
  }

  private static Shape ofClass(String name, Code code) {
    if (name.startsWith("java/lang/") && NUMBERS.contains(name.substring("java/lang/".length()))) {
      return NUMBER;
    }
    return switch (name) {
      case "java/lang/String", "java/lang/Character", "java/lang/CharSequence" -> TEXT;
      case "java/lang/Boolean" -> TRUTH;
      case "java/lang/Void" -> NOTHING;
      case "java/math/BigDecimal", "java/math/BigInteger" -> NUMBER;
      case "java/util/List", "java/util/ArrayList", "java/util/Set", "java/util/Collection" -> LIST;
      case "java/util/Map", "java/util/HashMap", "java/util/LinkedHashMap", "java/util/TreeMap" ->
          OBJECT;
      default -> ofApp(code.find(name));
    };
  }

  /**
   * Returns the shape of a class of the app. An annotation, or a constructor that takes one value,
   * may let the class be read from a text or a number.
   */
  private static Shape ofApp(@Nullable ClassNode node) {
    if (node == null
        || node.visibleAnnotations != null
        || (node.access & (Opcodes.ACC_ENUM | Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT)) != 0) {
      return ANY;
    }
    for (MethodNode method : node.methods) {
      boolean makes =
          method.name.equals("<init>")
              || ((method.access & Opcodes.ACC_STATIC) != 0
                  && Type.getReturnType(method.desc).getDescriptor().equals("L" + node.name + ";"));
      if (method.visibleAnnotations != null
          || (makes && Type.getArgumentTypes(method.desc).length == 1)) {
        return ANY;
      }
    }
    return OBJECT;
  }

  /** Returns whether a value of the given shape may be read as the wanted one. */
  static boolean fits(Shape given, Shape wanted) {
    return given == wanted || given == ANY || wanted == ANY || wanted == NOTHING;
  }
}
