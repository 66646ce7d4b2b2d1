package dev.holdfast.check;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MultiANewArrayInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.analysis.Frame;
import org.objectweb.asm.tree.analysis.Interpreter;

/**
 * Finds out, for every value in a method, which instructions made it, and for every instruction
 * whether its result is used. Copying, casting, storing or dropping a value does not count as a
 * use.
 */
final class Tracker extends Interpreter<Tracked> {
  private static final Type OBJECT = Type.getObjectType("java/lang/Object");

  private final IdentityHashMap<AbstractInsnNode, Set<AbstractInsnNode>> uses =
      new IdentityHashMap<>();
  private final IdentityHashMap<AbstractInsnNode, List<Tracked>> operands = new IdentityHashMap<>();

  Tracker() {
    super(Opcodes.ASM9);
  }

  /** Returns the instructions that use the result of this one. */
  Set<AbstractInsnNode> usesOf(AbstractInsnNode maker) {
    return uses.getOrDefault(maker, Set.of());
  }

  /**
   * Returns the operands of a call as the analysis last saw them, beginning with the receiver;
   * empty if the call is never reached.
   */
  List<Tracked> operandsOf(AbstractInsnNode call) {
    return operands.getOrDefault(call, List.of());
  }

  private void use(AbstractInsnNode insn, List<? extends Tracked> values) {
    for (Tracked value : values) {
      for (AbstractInsnNode maker : value.makers()) {
        uses.computeIfAbsent(
                maker, it -> java.util.Collections.newSetFromMap(new IdentityHashMap<>()))
            .add(insn);
      }
    }
  }

  @Override
  public @Nullable Tracked newValue(@Nullable Type type) {
    return Type.VOID_TYPE.equals(type) ? null : Tracked.of(type);
  }

  @Override
  public Tracked newExceptionValue(
      TryCatchBlockNode block, Frame<Tracked> handlerFrame, Type exceptionType) {
    return Tracked.of(exceptionType, block.handler);
  }

  @Override
  public Tracked newOperation(AbstractInsnNode insn) {
    int opcode = insn.getOpcode();
    if (opcode >= Opcodes.ICONST_M1 && opcode <= Opcodes.ICONST_5) {
      return Tracked.constant(Type.INT_TYPE, insn, opcode - Opcodes.ICONST_0);
    }
    return switch (opcode) {
      case Opcodes.LCONST_0, Opcodes.LCONST_1 -> Tracked.of(Type.LONG_TYPE, insn);
      case Opcodes.FCONST_0, Opcodes.FCONST_1, Opcodes.FCONST_2 ->
          Tracked.of(Type.FLOAT_TYPE, insn);
      case Opcodes.DCONST_0, Opcodes.DCONST_1 -> Tracked.of(Type.DOUBLE_TYPE, insn);
      case Opcodes.BIPUSH, Opcodes.SIPUSH ->
          Tracked.constant(Type.INT_TYPE, insn, ((IntInsnNode) insn).operand);
      case Opcodes.LDC -> loaded((LdcInsnNode) insn);
      case Opcodes.GETSTATIC -> Tracked.of(Type.getType(((FieldInsnNode) insn).desc), insn);
      case Opcodes.NEW -> Tracked.of(Type.getObjectType(((TypeInsnNode) insn).desc), insn);
      default -> new Tracked(1, null, Set.of(insn), null);
    };
  }

  private static Tracked loaded(LdcInsnNode insn) {
    Object constant = insn.cst;
    if (constant instanceof Long) {
      return Tracked.of(Type.LONG_TYPE, insn);
    }
    if (constant instanceof Double) {
      return Tracked.of(Type.DOUBLE_TYPE, insn);
    }
    if (constant instanceof ConstantDynamic later) {
      return Tracked.of(Type.getType(later.getDescriptor()), insn);
    }
    Type type =
        constant instanceof Integer
            ? Type.INT_TYPE
            : constant instanceof Float
                ? Type.FLOAT_TYPE
                : constant instanceof String ? Type.getObjectType("java/lang/String") : OBJECT;
    return Tracked.constant(type, insn, constant);
  }

  @Override
  public Tracked copyOperation(AbstractInsnNode insn, Tracked value) {
    return value;
  }

  @Override
  public @Nullable Tracked unaryOperation(AbstractInsnNode insn, Tracked value) {
    if (insn.getOpcode() == Opcodes.CHECKCAST) {
      return value.as(Type.getObjectType(((TypeInsnNode) insn).desc));
    }
    use(insn, List.of(value));
    return switch (insn.getOpcode()) {
      case Opcodes.LNEG, Opcodes.I2L, Opcodes.F2L, Opcodes.D2L -> Tracked.of(Type.LONG_TYPE, insn);
      case Opcodes.DNEG, Opcodes.I2D, Opcodes.L2D, Opcodes.F2D ->
          Tracked.of(Type.DOUBLE_TYPE, insn);
      case Opcodes.GETFIELD -> Tracked.of(Type.getType(((FieldInsnNode) insn).desc), insn);
      case Opcodes.ANEWARRAY ->
          Tracked.of(Type.getType("[" + Type.getObjectType(((TypeInsnNode) insn).desc)), insn);
      case Opcodes.INSTANCEOF -> Tracked.of(Type.BOOLEAN_TYPE, insn);
      default -> Tracked.of(Type.INT_TYPE, insn);
    };
  }

  @Override
  public @Nullable Tracked binaryOperation(AbstractInsnNode insn, Tracked left, Tracked right) {
    use(insn, List.of(left, right));
    return switch (insn.getOpcode()) {
      case Opcodes.LALOAD,
          Opcodes.LADD,
          Opcodes.LSUB,
          Opcodes.LMUL,
          Opcodes.LDIV,
          Opcodes.LREM,
          Opcodes.LSHL,
          Opcodes.LSHR,
          Opcodes.LUSHR,
          Opcodes.LAND,
          Opcodes.LOR,
          Opcodes.LXOR ->
          Tracked.of(Type.LONG_TYPE, insn);
      case Opcodes.DALOAD, Opcodes.DADD, Opcodes.DSUB, Opcodes.DMUL, Opcodes.DDIV, Opcodes.DREM ->
          Tracked.of(Type.DOUBLE_TYPE, insn);
      case Opcodes.AALOAD -> new Tracked(1, null, Set.of(insn), null);
      default -> Tracked.of(Type.INT_TYPE, insn);
    };
  }

  @Override
  public @Nullable Tracked ternaryOperation(
      AbstractInsnNode insn, Tracked first, Tracked second, Tracked third) {
    use(insn, List.of(first, second, third));
    return null;
  }

  @Override
  public @Nullable Tracked naryOperation(AbstractInsnNode insn, List<? extends Tracked> values) {
    use(insn, values);
    operands.put(insn, new ArrayList<>(values));
    if (insn instanceof MultiANewArrayInsnNode array) {
      return Tracked.of(Type.getType(array.desc), insn);
    }
    String desc =
        insn instanceof InvokeDynamicInsnNode dynamic ? dynamic.desc : ((MethodInsnNode) insn).desc;
    Type result = Type.getReturnType(desc);
    return Type.VOID_TYPE.equals(result) ? null : Tracked.of(result, insn);
  }

  @Override
  public void returnOperation(AbstractInsnNode insn, Tracked value, Tracked expected) {
    use(insn, List.of(value));
  }

  @Override
  public Tracked merge(Tracked one, Tracked other) {
    return one.merge(other);
  }
}
