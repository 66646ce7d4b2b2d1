package dev.holdfast.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.Frame;

/** Analyses the flow of control and of values through one method. */
final class Flow {
  final ClassNode owner;
  final MethodNode method;
  private final Tracker tracker = new Tracker();
  private final Frame<Tracked>[] frames;
  private final List<BitSet> next;
  private final List<BitSet> handlers;

  private Flow(Code.Method of) throws AnalyzerException {
    this.owner = of.owner();
    this.method = of.node();
    int count = method.instructions.size();
    next = sets(count);
    handlers = sets(count);
    Analyzer<Tracked> analyzer =
        new Analyzer<>(tracker) {
          @Override
          protected void newControlFlowEdge(int from, int to) {
            next.get(from).set(to);
          }

          @Override
          protected boolean newControlFlowExceptionEdge(int from, int to) {
            handlers.get(from).set(to);
            return true;
          }
        };
    frames = analyzer.analyze(owner.name, method);
  }

  private static List<BitSet> sets(int count) {
    List<BitSet> sets = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      sets.add(new BitSet());
    }
    return sets;
  }

  /**
   * Returns the flow of a method; null when the method has no code, or code that cannot be
   * analysed.
   */
  static @Nullable Flow of(Code.Method method) {
    if (method.node().instructions.size() == 0) {
      return null;
    }
    try {
      return new Flow(method);
    } catch (AnalyzerException | RuntimeException e) {
      return null;
    }
  }

  InsnList code() {
    return method.instructions;
  }

  int indexOf(AbstractInsnNode insn) {
    return code().indexOf(insn);
  }

  /** Returns whether control can reach the instruction. */
  boolean isReached(int index) {
    return frames[index] != null;
  }

  /** Returns the operands of the call, beginning with its receiver. */
  List<Tracked> operands(AbstractInsnNode call) {
    return tracker.operandsOf(call);
  }

  boolean isUsed(AbstractInsnNode maker) {
    return !tracker.usesOf(maker).isEmpty();
  }

  /** Returns the instructions whose values this instruction uses. */
  List<AbstractInsnNode> usedBy(AbstractInsnNode user) {
    List<AbstractInsnNode> makers = new ArrayList<>();
    for (AbstractInsnNode maker : code()) {
      if (tracker.usesOf(maker).contains(user)) {
        makers.add(maker);
      }
    }
    return makers;
  }

  /** Returns the instructions that use the value which this instruction makes. */
  Set<AbstractInsnNode> usersOf(AbstractInsnNode maker) {
    return tracker.usesOf(maker);
  }

  /** Returns the value on top of the stack before the instruction; null when the stack is empty. */
  @Nullable Tracked top(int index) {
    Frame<Tracked> frame = frames[index];
    return frame == null || frame.getStackSize() == 0
        ? null
        : frame.getStack(frame.getStackSize() - 1);
  }

  /** Returns the line of the instruction; 0 when the class was compiled without lines. */
  int line(AbstractInsnNode insn) {
    for (AbstractInsnNode at = insn; at != null; at = at.getPrevious()) {
      if (at instanceof LineNumberNode line) {
        return line.line;
      }
    }
    return 0;
  }

  Finding.Place place(AbstractInsnNode insn) {
    return new Finding.Place(
        owner.name.replace('/', '.'),
        method.name.startsWith("lambda$") ? method.name.split("\\$", -1)[1] : method.name,
        owner.sourceFile == null ? owner.name : owner.sourceFile,
        line(insn));
  }

  /**
   * Returns the instructions that control reaches while a turn is replayed. The second pass knows
   * what the first pass reached, and so the value of a condition that was stored in a variable.
   */
  BitSet reachedInReplay() {
    BitSet all = new BitSet();
    all.set(0, code().size());
    return reachedInReplay(reachedInReplay(all));
  }

  private BitSet reachedInReplay(BitSet possible) {
    BitSet seen = new BitSet();
    Deque<Integer> open = new ArrayDeque<>(List.of(0));
    while (!open.isEmpty()) {
      int at = open.remove();
      if (seen.get(at)) {
        continue;
      }
      seen.set(at);
      inReplay(at, possible).stream().forEach(open::add);
      handlers.get(at).stream().forEach(open::add);
    }
    return seen;
  }

  /** Returns where control goes from this instruction when {@code getIsReplaying} returns true. */
  private BitSet inReplay(int at, BitSet possible) {
    AbstractInsnNode insn = code().get(at);
    int opcode = insn.getOpcode();
    Tracked condition = top(at);
    if ((opcode != Opcodes.IFEQ && opcode != Opcodes.IFNE) || condition == null) {
      return next.get(at);
    }
    Optional<Boolean> value = inReplay(condition, possible);
    if (value.isEmpty()) {
      return next.get(at);
    }
    BitSet only = new BitSet();
    boolean jumps = (opcode == Opcodes.IFNE) == value.get();
    only.set(jumps ? indexOf(((JumpInsnNode) insn).label) : at + 1);
    return only;
  }

  /** Returns the value of a condition in a replay; empty when it may be true or false. */
  private Optional<Boolean> inReplay(Tracked condition, BitSet possible) {
    Optional<Boolean> found = Optional.empty();
    for (AbstractInsnNode maker : condition.makers()) {
      if (possible.get(indexOf(maker))) {
        Optional<Boolean> one = inReplay(maker);
        if (one.isEmpty() || (found.isPresent() && !found.equals(one))) {
          return Optional.empty();
        }
        found = one;
      }
    }
    return found;
  }

  private static Optional<Boolean> inReplay(AbstractInsnNode maker) {
    return switch (maker.getOpcode()) {
      case Opcodes.ICONST_0 -> Optional.of(false);
      case Opcodes.ICONST_1 -> Optional.of(true);
      default -> asksForReplay(maker) ? Optional.of(true) : Optional.empty();
    };
  }

  private static boolean asksForReplay(AbstractInsnNode insn) {
    return insn instanceof MethodInsnNode call
        && call.owner.equals(Library.CONTEXT)
        && call.name.equals("getIsReplaying");
  }

  /**
   * Returns the first instructions of the handlers that may catch an exception of the instruction.
   */
  BitSet handlersOf(int index) {
    return handlers.get(index);
  }

  /**
   * Returns the instructions that control can reach from this one without an exception, including
   * this instruction.
   */
  BitSet reachedFrom(int start) {
    BitSet seen = new BitSet();
    Deque<Integer> open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty()) {
      int at = open.remove();
      if (!seen.get(at)) {
        seen.set(at);
        next.get(at).stream().forEach(open::add);
      }
    }
    return seen;
  }

  /**
   * Returns the loop around the instruction, which contains all instructions that reach it again;
   * empty when there is none.
   */
  BitSet loopOf(int index) {
    BitSet loop = new BitSet();
    BitSet after = new BitSet();
    next.get(index).stream().forEach(it -> after.or(reachedFrom(it)));
    if (!after.get(index)) {
      return loop;
    }
    after.stream().filter(it -> reachedFrom(it).get(index)).forEach(loop::set);
    return loop;
  }

  /**
   * Returns the instructions between a step of an iteration and the question whether there is
   * another element.
   *
   * @param step the instruction that takes the next element
   * @param head the instruction that asks whether there is an element
   */
  BitSet bodyOf(int step, int head) {
    BitSet body = new BitSet();
    Deque<Integer> open = new ArrayDeque<>(List.of(step));
    while (!open.isEmpty()) {
      int at = open.remove();
      if (at != head && !body.get(at) && reachedFrom(at).get(head)) {
        body.set(at);
        next.get(at).stream().forEach(open::add);
      }
    }
    return body;
  }

  /** Returns whether control can leave the loop only by an exception. */
  boolean isEndless(BitSet loop) {
    return !loop.isEmpty()
        && loop.stream().allMatch(at -> next.get(at).stream().allMatch(loop::get));
  }
}
