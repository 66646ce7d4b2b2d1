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
import org.objectweb.asm.tree.TypeInsnNode;

/** Checks one method that an orchestrator reaches. */
final class MethodCheck {
  private final App app;
  private final Code code;
  private final Flow flow;
  private final Blocks blocks;
  private final Fields fields;

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
    this.fields = new Fields(code);
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
    new OrderCheck(code, flow).run(found);
    new ExceptionCheck(flow, blocks).run(found);
    loops(found);
  }

  private void call(MethodInsnNode call, boolean replayed, Found found) {
    forbidden(code.inherited(call), call, replayed, found);
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
    int opcode = field.getOpcode();
    boolean reads = opcode == Opcodes.GETSTATIC;
    if (reads && field.owner.equals("java/lang/System") && field.name.equals("in")) {
      found.add(Rule.IO, field, "System.in");
    }
    ClassNode owner = code.find(field.owner);
    if (owner == null) {
      return;
    }
    String name = owner.name.substring(owner.name.lastIndexOf('/') + 1) + "." + field.name;
    if (opcode == Opcodes.GETFIELD) {
      fields.makers(
          field, (setting, maker) -> made(setting, maker, field, "the field " + name, found));
      return;
    }
    if (opcode == Opcodes.PUTSTATIC) {
      if (!flow.method.name.equals("<clinit>")) {
        found.add(Rule.STATIC_STATE, field, "the static field " + name + " is set");
      }
      return;
    }
    boolean isFinal =
        owner.fields.stream()
            .anyMatch(it -> it.name.equals(field.name) && (it.access & Opcodes.ACC_FINAL) != 0);
    if (reads && !isFinal) {
      found.add(Rule.STATIC_STATE, field, "the static field " + name + ", which is not final,");
    } else if (reads) {
      fields.makers(
          field,
          (setting, maker) -> {
            made(setting, maker, field, "the static field " + name, found);
            state(maker, field, name, found);
          });
    }
  }

  /** Reports a field whose initializer reads the clock, the environment or random numbers. */
  private static void made(
      Flow setting, AbstractInsnNode maker, FieldInsnNode read, String name, Found found) {
    if (maker instanceof MethodInsnNode call) {
      made(Forbidden.rule(call), call, read, name, found);
    } else if (maker.getOpcode() == Opcodes.NEW) {
      Fields.constructors(setting, maker)
          .forEach(it -> made(Forbidden.rule(it), it, read, name, found));
    }
  }

  private static void made(
      @Nullable Rule rule, MethodInsnNode by, FieldInsnNode read, String name, Found found) {
    // A client or a pool that a field holds does nothing by itself; calls on it are reported.
    if (rule != null && rule != Rule.THREAD && rule != Rule.IO && rule != Rule.BLOCKING) {
      found.add(rule, read, name + ", which is set by " + Forbidden.words(by));
    }
  }

  /** Reports a static final field whose value changes. */
  private void state(AbstractInsnNode maker, FieldInsnNode read, String name, Found found) {
    String words = "the static field " + name;
    if (maker instanceof MethodInsnNode call) {
      if (Mutables.isMaker(call) && flowChanges(read)) {
        found.add(Rule.STATIC_STATE, read, words + ", which is changed,");
      }
    } else if (maker instanceof TypeInsnNode made && maker.getOpcode() == Opcodes.NEW) {
      if (Mutables.isCounter(made.desc) || (Mutables.isMutable(made.desc) && flowChanges(read))) {
        found.add(Rule.STATIC_STATE, read, words + ", a " + Mutables.simple(made.desc));
      }
    } else if (read.desc.startsWith("[") && Mutables.stores(flow, read)) {
      found.add(Rule.STATIC_STATE, read, words + ", an array that is changed,");
    }
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
