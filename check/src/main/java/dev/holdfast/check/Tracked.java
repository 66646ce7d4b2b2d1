package dev.holdfast.check;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.analysis.Value;

/**
 * Follows a value through a method.
 *
 * @param size the number of words that the value takes in a frame, which is 1 or 2
 * @param type the declared type of the value; null when the type is not known
 * @param makers the instructions that may have made the value; empty for a parameter
 * @param constant the constant value; null when the value is not a constant, or one of several
 */
record Tracked(
    int size, @Nullable Type type, Set<AbstractInsnNode> makers, @Nullable Object constant)
    implements Value {

  Tracked {
    makers = Set.copyOf(makers);
  }

  static Tracked of(@Nullable Type type) {
    return new Tracked(type == null ? 1 : type.getSize(), type, Set.of(), null);
  }

  static Tracked of(Type type, AbstractInsnNode maker) {
    return new Tracked(type.getSize(), type, Set.of(maker), null);
  }

  static Tracked constant(Type type, AbstractInsnNode maker, Object constant) {
    return new Tracked(type.getSize(), type, Set.of(maker), constant);
  }

  Tracked as(Type other) {
    return new Tracked(size, other, makers, constant);
  }

  @Override
  public int getSize() {
    return size;
  }

  boolean isOf(String internalName) {
    return type != null
        && type.getSort() == Type.OBJECT
        && type.getInternalName().equals(internalName);
  }

  Tracked merge(Tracked other) {
    if (equals(other)) {
      return this;
    }
    Set<AbstractInsnNode> all = new java.util.HashSet<>(makers);
    all.addAll(other.makers);
    return new Tracked(
        Math.min(size, other.size),
        Objects.equals(type, other.type) ? type : null,
        all,
        Objects.equals(constant, other.constant) ? constant : null);
  }
}
