package dev.holdfast.check;

import java.util.List;
import java.util.Set;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.AnnotationNode;
import org.objectweb.asm.tree.MethodInsnNode;

/** Knows the names of the client library and of the annotations that an app uses. */
final class Library {
  static final String CONTEXT = "com/microsoft/durabletask/TaskOrchestrationContext";
  static final String TASK = "com/microsoft/durabletask/Task";
  static final String ORCHESTRATION = "com/microsoft/durabletask/TaskOrchestration";
  static final String ORCHESTRATION_FACTORY = "com/microsoft/durabletask/TaskOrchestrationFactory";
  static final String ACTIVITY_FACTORY = "com/microsoft/durabletask/TaskActivityFactory";
  static final String TASK_FAILED = "com/microsoft/durabletask/TaskFailedException";
  static final String COMPOSITE = "com/microsoft/durabletask/CompositeTaskFailedException";
  static final String BLOCKED =
      "com/microsoft/durabletask/interruption/OrchestratorBlockedException";
  static final String CONTINUED =
      "com/microsoft/durabletask/interruption/ContinueAsNewInterruption";
  static final String FUNCTION_NAME = "Lcom/microsoft/azure/functions/annotation/FunctionName;";
  static final String ORCHESTRATION_TRIGGER = "DurableOrchestrationTrigger;";
  static final String ACTIVITY_TRIGGER = "DurableActivityTrigger;";
  static final String REPLAY_SAFE = "Ldev/holdfast/orchestrations/ReplaySafe;";

  /** The classes of this package take the context and await tasks with it. */
  static final String PATTERNS = "dev/holdfast/orchestrations/";

  /** Lists the exceptions that end a turn, and their superclasses. */
  static final Set<String> CATCH_CONTROL =
      Set.of(
          BLOCKED,
          CONTINUED,
          "java/lang/RuntimeException",
          "java/lang/Exception",
          "java/lang/Throwable");

  private static final Set<String> HISTORY =
      Set.of(
          "callActivity",
          "callSubOrchestrator",
          "createTimer",
          "waitForExternalEvent",
          "sendEvent",
          "continueAsNew",
          "callEntity",
          "signalEntity",
          "lockEntities",
          "callHttp",
          "newUUID");

  private Library() {}

  /** Returns whether a call adds events to the history of the instance. */
  static boolean isRecorded(AbstractInsnNode insn, List<Tracked> operands) {
    if (!(insn instanceof MethodInsnNode call)) {
      return false;
    }
    return call.owner.equals(CONTEXT)
        ? HISTORY.contains(call.name)
        : takesContext(operands) || call.owner.startsWith(PATTERNS);
  }

  static boolean takesContext(List<Tracked> operands) {
    return operands.stream().anyMatch(it -> it.isOf(CONTEXT));
  }

  /** Returns whether a call of the library itself may end the turn with an exception. */
  static boolean blocks(MethodInsnNode call) {
    return (call.owner.equals(TASK) && call.name.equals("await"))
        || (call.owner.equals(CONTEXT) && call.name.equals("continueAsNew"));
  }

  static boolean makesTask(MethodInsnNode call) {
    return (call.owner.equals(CONTEXT) || call.owner.equals(TASK))
        && Type.getReturnType(call.desc).getDescriptor().equals("L" + TASK + ";");
  }

  /**
   * Returns a value of an annotation; returns the fallback when the annotation does not have the
   * value.
   */
  static String text(AnnotationNode annotation, String name, String otherwise) {
    List<Object> values = annotation.values == null ? List.of() : annotation.values;
    for (int i = 0; i + 1 < values.size(); i += 2) {
      if (values.get(i).equals(name)) {
        return String.valueOf(values.get(i + 1));
      }
    }
    return otherwise;
  }
}
