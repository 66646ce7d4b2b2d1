package dev.holdfast.check;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** Checks one method that an orchestrator reaches. */
final class MethodCheck {
  private final App app;
  private final Code code;
  private final Flow flow;
  private final Blocks blocks;

  /** Returns whether an instruction may end the turn with the exception of the client library. */
  interface Blocks {
    boolean test(AbstractInsnNode insn, List<Tracked> operands);
  }

  /** Receives the findings; a finding without a cure gets the cure of its rule. */
  interface Found {
    void add(Rule rule, AbstractInsnNode at, String what, @Nullable String cure);

    default void add(Rule rule, AbstractInsnNode at, String what) {
      add(rule, at, what, null);
    }
  }

  MethodCheck(App app, Code code, Flow flow, Blocks blocks) {
    this.app = app;
    this.code = code;
    this.flow = flow;
    this.blocks = blocks;
  }

  /**
   * Checks the method.
   *
   * @param replayed the instructions that control reaches in a replay
   */
  void run(BitSet replayed, Found found) {
    if ((flow.method.access & Opcodes.ACC_SYNCHRONIZED) != 0) {
      found.add(
          Rule.BLOCKING, flow.code().getFirst(), "the synchronized method " + flow.method.name);
    }
    for (AbstractInsnNode insn : flow.code()) {
      int at = flow.indexOf(insn);
      if (!flow.isReached(at)) {
        continue;
      }
      if (insn instanceof MethodInsnNode call) {
        call(call, replayed.get(at), found);
      } else if (insn instanceof InvokeDynamicInsnNode dynamic) {
        references(dynamic, replayed.get(at), found);
      } else if (insn instanceof FieldInsnNode field) {
        field(field, found);
      } else if (insn.getOpcode() == Opcodes.MONITORENTER) {
        found.add(Rule.BLOCKING, insn, "a synchronized block");
      }
    }
    new OrderCheck(flow).run(found);
    new ExceptionCheck(flow, blocks).run(found);
    loops(found);
  }

  private void call(MethodInsnNode call, boolean replayed, Found found) {
    forbidden(call, call, replayed, found);
    new TaskCheck(app, flow).run(call, found);
  }

  private static void forbidden(
      MethodInsnNode call, AbstractInsnNode at, boolean replayed, Found found) {
    Rule rule = Forbidden.rule(call);
    if (rule != null) {
      found.add(rule, at, Forbidden.words(call));
    } else if (replayed && Forbidden.logs(call)) {
      found.add(Rule.LOGGING, at, Forbidden.words(call));
    }
  }

  /** Checks a method reference, such as {@code Instant::now}, like a call of the method. */
  private static void references(InvokeDynamicInsnNode dynamic, boolean replayed, Found found) {
    for (Object argument : dynamic.bsmArgs) {
      if (argument instanceof Handle handle && handle.getTag() >= Opcodes.H_INVOKEVIRTUAL) {
        MethodInsnNode call =
            new MethodInsnNode(
                Opcodes.INVOKESTATIC,
                handle.getOwner(),
                handle.getName(),
                handle.getDesc(),
                handle.isInterface());
        forbidden(call, dynamic, replayed, found);
      }
    }
  }

  private void field(FieldInsnNode field, Found found) {
    boolean reads = field.getOpcode() == Opcodes.GETSTATIC;
    if (reads && field.owner.equals("java/lang/System") && field.name.equals("in")) {
      found.add(Rule.IO, field, "System.in");
    }
    ClassNode owner = code.find(field.owner);
    if (owner == null || !(reads || field.getOpcode() == Opcodes.PUTSTATIC)) {
      return;
    }
    boolean isFinal =
        owner.fields.stream()
            .anyMatch(it -> it.name.equals(field.name) && (it.access & Opcodes.ACC_FINAL) != 0);
    String words = owner.name.substring(owner.name.lastIndexOf('/') + 1) + "." + field.name;
    if (!reads) {
      if (!flow.method.name.equals("<clinit>")) {
        found.add(Rule.STATIC_STATE, field, "the static field " + words + " is set");
      }
    } else if (!isFinal) {
      found.add(Rule.STATIC_STATE, field, "the static field " + words + ", which is not final,");
    } else {
      constant(owner, field, words, found);
    }
  }

  /** Checks a static final field by the value that the static initializer puts into it. */
  private void constant(ClassNode owner, FieldInsnNode read, String words, Found found) {
    MethodNode initializer = Code.declared(owner, "<clinit>", "()V");
    Flow setting = initializer == null ? null : Flow.of(new Code.Method(owner, initializer));
    if (setting == null) {
      return;
    }
    for (AbstractInsnNode insn : setting.code()) {
      int at = setting.indexOf(insn);
      if (insn.getOpcode() == Opcodes.PUTSTATIC
          && insn instanceof FieldInsnNode field
          && field.name.equals(read.name)
          && setting.isReached(at)) {
        Tracked value = setting.top(at);
        if (value != null) {
          value.makers().forEach(maker -> constant(setting, maker, read, words, found));
        }
      }
    }
  }

  private void constant(
      Flow setting, AbstractInsnNode maker, FieldInsnNode read, String words, Found found) {
    if (maker instanceof MethodInsnNode call) {
      Rule rule = Forbidden.rule(call);
      if (rule != null && rule != Rule.THREAD && rule != Rule.IO) {
        found.add(
            rule, read, "the static field " + words + ", which is set by " + Forbidden.words(call));
      } else if (Mutables.isMaker(call) && flowChanges(read)) {
        found.add(Rule.STATIC_STATE, read, "the static field " + words + ", which is changed,");
      }
      return;
    }
    if (maker.getOpcode() != Opcodes.NEW) {
      return;
    }
    String type = ((org.objectweb.asm.tree.TypeInsnNode) maker).desc;
    Rule made = constructor(setting, maker);
    if (made != null) {
      found.add(
          made, read, "the static field " + words + ", a new " + Mutables.simple(type) + "()");
    } else if (Mutables.isCounter(type) || (Mutables.isMutable(type) && flowChanges(read))) {
      found.add(
          Rule.STATIC_STATE, read, "the static field " + words + ", a " + Mutables.simple(type));
    }
  }

  /** Returns the rule that the constructor of a new object breaks; null when it breaks none. */
  private static @Nullable Rule constructor(Flow setting, AbstractInsnNode maker) {
    for (AbstractInsnNode insn : setting.code()) {
      if (insn instanceof MethodInsnNode call && call.name.equals("<init>")) {
        List<Tracked> operands = setting.operands(call);
        if (!operands.isEmpty() && operands.get(0).makers().contains(maker)) {
          return Forbidden.rule(call);
        }
      }
    }
    return null;
  }

  /**
   * Returns whether this method, or another method of the field's class, changes the collection
   * that the field holds.
   */
  private boolean flowChanges(FieldInsnNode read) {
    ClassNode owner = code.find(read.owner);
    if (owner == null) {
      return false;
    }
    // A table counts as constant only if no method of its class changes it.
    for (MethodNode method : owner.methods) {
      Flow other = method.name.equals("<clinit>") ? null : Flow.of(new Code.Method(owner, method));
      if (other != null && Mutables.changes(other, read)) {
        return true;
      }
    }
    return Mutables.changes(flow, read);
  }

  private void loops(Found found) {
    BitSet done = new BitSet();
    for (AbstractInsnNode insn : flow.code()) {
      int at = flow.indexOf(insn);
      if (!flow.isReached(at) || done.get(at) || !Library.isRecorded(insn, flow.operands(insn))) {
        continue;
      }
      BitSet loop = flow.loopOf(at);
      done.or(loop);
      if (flow.isEndless(loop) && loop.stream().noneMatch(it -> continues(flow.code().get(it)))) {
        found.add(Rule.ENDLESS_LOOP, insn, "a loop that never ends");
      }
    }
  }

  private boolean continues(AbstractInsnNode insn) {
    return insn instanceof MethodInsnNode call && call.name.equals("continueAsNew");
  }
}
