package dev.holdfast.check;

import java.util.List;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;

/** Knows the classes of the JDK whose objects can change. */
final class Mutables {
  private static final Set<String> CHANGING =
      Set.of(
          "add",
          "addAll",
          "addFirst",
          "addLast",
          "put",
          "putAll",
          "putIfAbsent",
          "remove",
          "removeIf",
          "removeAll",
          "retainAll",
          "clear",
          "compute",
          "computeIfAbsent",
          "computeIfPresent",
          "merge",
          "replace",
          "replaceAll",
          "offer",
          "poll",
          "push",
          "pop",
          "set",
          "sort",
          "append",
          "insert",
          "setLength",
          "removeFirst",
          "removeLast");

  private Mutables() {}

  static String simple(String internalName) {
    return internalName.substring(internalName.lastIndexOf('/') + 1);
  }

  /**
   * Returns whether objects of the class exist to be changed, so that a constant never has this
   * class.
   */
  static boolean isCounter(String type) {
    return type.startsWith("java/util/concurrent/atomic/") || type.equals("java/lang/ThreadLocal");
  }

  static boolean isMutable(String type) {
    return (type.startsWith("java/util/")
            && (type.endsWith("Map")
                || type.endsWith("Set")
                || type.endsWith("List")
                || type.endsWith("Deque")
                || type.endsWith("Queue")
                || type.endsWith("Vector")
                || type.endsWith("Stack")
                || type.endsWith("Hashtable")
                || type.endsWith("BitSet")))
        || type.equals("java/lang/StringBuilder")
        || type.equals("java/lang/StringBuffer");
  }

  /** Returns whether the call makes a collection that can be changed. */
  static boolean isMaker(MethodInsnNode call) {
    return (call.owner.equals("java/util/Collections") && call.name.startsWith("synchronized"))
        || (call.owner.equals("java/util/concurrent/ConcurrentHashMap")
            && call.name.equals("newKeySet"));
  }

  /** Returns whether the method calls a method that changes the field's value. */
  static boolean changes(Flow flow, FieldInsnNode field) {
    for (AbstractInsnNode insn : flow.code()) {
      if (insn instanceof MethodInsnNode call && CHANGING.contains(call.name)) {
        List<Tracked> operands = flow.operands(call);
        if (!operands.isEmpty()
            && operands.get(0).makers().stream()
                .anyMatch(
                    it ->
                        it instanceof FieldInsnNode read
                            && read.name.equals(field.name)
                            && read.owner.equals(field.owner))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Says whether the method stores into the array that the field holds. */
  static boolean stores(Flow flow, FieldInsnNode field) {
    for (AbstractInsnNode insn : flow.code()) {
      int opcode = insn.getOpcode();
      if (opcode >= Opcodes.IASTORE
          && opcode <= Opcodes.SASTORE
          && flow.usedBy(insn).stream()
              .anyMatch(
                  it ->
                      it instanceof FieldInsnNode read
                          && read.name.equals(field.name)
                          && read.owner.equals(field.owner))) {
        return true;
      }
    }
    return false;
  }
}
