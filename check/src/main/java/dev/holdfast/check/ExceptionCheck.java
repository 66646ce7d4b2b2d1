package dev.holdfast.check;

import java.util.BitSet;
import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.TypeInsnNode;

/** Checks the exception handlers around waits. */
final class ExceptionCheck {
  private final Flow flow;
  private final MethodCheck.Blocks blocks;

  ExceptionCheck(Flow flow, MethodCheck.Blocks blocks) {
    this.flow = flow;
    this.blocks = blocks;
  }

  void run(MethodCheck.Found found) {
    for (TryCatchBlockNode block : flow.method.tryCatchBlocks) {
      if (block.type == null || !flow.isReached(flow.indexOf(block.handler))) {
        continue;
      }
      if (Library.CATCH_CONTROL.contains(block.type)
          && waits(block)
          && !isFirst(block)
          && !rethrows(block)) {
        found.add(
            Rule.CONTROL_EXCEPTION,
            block.handler,
            "catch (" + Mutables.simple(block.type) + ") around a wait");
      }
      if (block.type.equals(Library.TASK_FAILED)
          && waitsForAll(block)
          && !catchesComposite(block)) {
        found.add(
            Rule.COMPOSITE_FAILURE,
            block.handler,
            "catch (TaskFailedException) around ctx.allOf(…).await()");
      }
    }
  }

  private boolean waits(TryCatchBlockNode block) {
    return inside(block).stream()
        .mapToObj(flow.code()::get)
        .anyMatch(it -> blocks.test(it, flow.operands(it)));
  }

  private BitSet inside(TryCatchBlockNode block) {
    BitSet inside = new BitSet();
    for (int at = flow.indexOf(block.start); at < flow.indexOf(block.end); at++) {
      if (flow.isReached(at)) {
        inside.set(at);
      }
    }
    return inside;
  }

  /**
   * Returns whether an earlier handler of the same code catches the exceptions of the library
   * before this one.
   */
  private boolean isFirst(TryCatchBlockNode block) {
    boolean blocked = false;
    boolean continued = false;
    for (TryCatchBlockNode earlier : flow.method.tryCatchBlocks) {
      if (earlier == block) {
        break;
      }
      if (earlier.type != null && covers(earlier, block)) {
        boolean all = isAbove(earlier.type);
        blocked |= all || earlier.type.equals(Library.BLOCKED);
        continued |= all || earlier.type.equals(Library.CONTINUED);
      }
    }
    return blocked && (continued || !continuesAsNew(block));
  }

  private static boolean isAbove(String type) {
    return Library.CATCH_CONTROL.contains(type) && type.startsWith("java/");
  }

  private boolean covers(TryCatchBlockNode earlier, TryCatchBlockNode block) {
    return flow.indexOf(earlier.start) <= flow.indexOf(block.start)
        && flow.indexOf(earlier.end) >= flow.indexOf(block.end);
  }

  private boolean continuesAsNew(TryCatchBlockNode block) {
    return inside(block).stream()
        .mapToObj(flow.code()::get)
        .anyMatch(it -> it instanceof MethodInsnNode call && call.name.equals("continueAsNew"));
  }

  /**
   * Returns whether the handler rethrows the caught exception, either always or at least after
   * checking that it is the exception of the library.
   */
  private boolean rethrows(TryCatchBlockNode block) {
    BitSet reached = flow.reachedFrom(flow.indexOf(block.handler));
    boolean again = false;
    boolean always = true;
    boolean asks = false;
    boolean added = false;
    for (int at = reached.nextSetBit(0); at >= 0; at = reached.nextSetBit(at + 1)) {
      AbstractInsnNode insn = flow.code().get(at);
      int opcode = insn.getOpcode();
      Tracked top = flow.top(at);
      boolean caught = top != null && top.makers().contains(block.handler);
      if (opcode == Opcodes.ATHROW) {
        again |= caught;
        always &= caught;
      } else if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
        always = false;
      } else if (opcode == Opcodes.INSTANCEOF && caught) {
        asks |= asksForLibrary(((TypeInsnNode) insn).desc);
      } else if (insn instanceof MethodInsnNode call && call.name.equals("addSuppressed")) {
        // A try with resources adds the exception of close() to one that is thrown already.
        added |= flow.operands(call).get(1).makers().contains(block.handler);
      }
    }
    return (again && (always || asks)) || added;
  }

  private static boolean asksForLibrary(String type) {
    return type.equals(Library.BLOCKED) || type.equals(Library.CONTINUED);
  }

  private boolean waitsForAll(TryCatchBlockNode block) {
    return inside(block).stream().mapToObj(flow.code()::get).anyMatch(this::waitsForAll);
  }

  private boolean waitsForAll(AbstractInsnNode insn) {
    if (!(insn instanceof MethodInsnNode call)
        || !call.owner.equals(Library.TASK)
        || !call.name.equals("await")) {
      return false;
    }
    List<Tracked> operands = flow.operands(call);
    return !operands.isEmpty()
        && operands.get(0).makers().stream()
            .anyMatch(it -> it instanceof MethodInsnNode maker && maker.name.equals("allOf"));
  }

  private boolean catchesComposite(TryCatchBlockNode block) {
    return flow.method.tryCatchBlocks.stream()
        .anyMatch(
            it ->
                it.type != null
                    && (it.type.equals(Library.COMPOSITE) || isAbove(it.type))
                    && overlaps(it, block));
  }

  private boolean overlaps(TryCatchBlockNode one, TryCatchBlockNode other) {
    return flow.indexOf(one.start) < flow.indexOf(other.end)
        && flow.indexOf(other.start) < flow.indexOf(one.end);
  }
}
