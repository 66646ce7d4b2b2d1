package dev.holdfast.check;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** Finds the values that the initializers of the app's classes put into their fields. */
final class Fields {
  private final Code code;

  Fields(Code code) {
    this.code = code;
  }

  /**
   * Passes on each instruction that makes a value which the static initializer, or a constructor,
   * puts into the field. The flow of that initializer goes with the instruction.
   */
  void makers(FieldInsnNode read, BiConsumer<Flow, AbstractInsnNode> to) {
    ClassNode owner = code.find(read.owner);
    if (owner == null) {
      return;
    }
    String initializer = read.getOpcode() == Opcodes.GETSTATIC ? "<clinit>" : "<init>";
    for (MethodNode method : owner.methods) {
      Flow flow = method.name.equals(initializer) ? Flow.of(new Code.Method(owner, method)) : null;
      if (flow != null) {
        makers(flow, read, to);
      }
    }
  }

  private static void makers(Flow flow, FieldInsnNode read, BiConsumer<Flow, AbstractInsnNode> to) {
    for (AbstractInsnNode insn : flow.code()) {
      int at = flow.indexOf(insn);
      if (insn instanceof FieldInsnNode field
          && (field.getOpcode() == Opcodes.PUTSTATIC || field.getOpcode() == Opcodes.PUTFIELD)
          && field.name.equals(read.name)
          && flow.isReached(at)) {
        Tracked value = flow.top(at);
        if (value != null) {
          value.makers().forEach(maker -> to.accept(flow, maker));
        }
      }
    }
  }

  /** Returns the calls of constructors that complete the object which the instruction makes. */
  static List<MethodInsnNode> constructors(Flow flow, AbstractInsnNode maker) {
    List<MethodInsnNode> found = new ArrayList<>();
    for (AbstractInsnNode insn : flow.code()) {
      if (insn instanceof MethodInsnNode call && call.name.equals("<init>")) {
        List<Tracked> operands = flow.operands(call);
        if (!operands.isEmpty() && operands.get(0).makers().contains(maker)) {
          found.add(call);
        }
      }
    }
    return found;
  }
}
