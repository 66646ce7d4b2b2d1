package dev.holdfast.check;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;

/**
 * Checks the tasks that an orchestrator schedules: each must be awaited, and its types must fit the
 * called function.
 */
final class TaskCheck {
  private static final String CLASS = "Ljava/lang/Class;";
  private static final String OBJECT = "Ljava/lang/Object;";

  private final App app;
  private final Flow flow;

  TaskCheck(App app, Flow flow) {
    this.app = app;
    this.flow = flow;
  }

  void run(MethodInsnNode call, MethodCheck.Found found) {
    if (Library.makesTask(call) && !flow.isUsed(call)) {
      found.add(Rule.NOT_AWAITED, call, "the task of " + words(call) + " is dropped");
    }
    if (call.name.equals("add") && isCollected(call) && isForgotten(call)) {
      found.add(Rule.NOT_AWAITED, call, "the collected tasks are dropped");
    }
    if (!call.owner.equals(Library.CONTEXT)) {
      return;
    }
    if (call.name.equals("callActivity")) {
      called(call, "activity", app.activities(), app.activitiesAreKnown(), found);
    } else if (call.name.equals("callSubOrchestrator")) {
      called(call, "orchestrator", app.orchestrations(), app.orchestrationsAreKnown(), found);
    }
  }

  /** Returns whether the call adds a task to a collection. */
  private boolean isCollected(MethodInsnNode call) {
    List<Tracked> operands = flow.operands(call);
    return operands.size() == 2
        && operands.get(1).makers().stream()
            .anyMatch(it -> it instanceof MethodInsnNode maker && Library.makesTask(maker));
  }

  /** Returns whether this method made the collection and does nothing with it but add to it. */
  private boolean isForgotten(MethodInsnNode add) {
    Set<AbstractInsnNode> makers = flow.operands(add).get(0).makers();
    return !makers.isEmpty()
        && makers.stream()
            .allMatch(
                maker ->
                    maker.getOpcode() == Opcodes.NEW
                        && flow.usersOf(maker).stream().allMatch(TaskCheck::onlyAdds));
  }

  private static boolean onlyAdds(AbstractInsnNode user) {
    return user instanceof MethodInsnNode call
        && (call.name.equals("<init>") || call.name.equals("add"));
  }

  private String words(MethodInsnNode call) {
    List<Tracked> operands = flow.operands(call);
    boolean named = operands.size() > 1 && operands.get(1).constant() instanceof String;
    return call.owner.equals(Library.TASK)
        ? "Task." + call.name
        : "ctx." + call.name + (named ? "(\"" + operands.get(1).constant() + "\")" : "");
  }

  private void called(
      MethodInsnNode call,
      String kind,
      Map<String, App.Signature> all,
      boolean known,
      MethodCheck.Found found) {
    List<Tracked> operands = flow.operands(call);
    if (operands.size() < 2 || !(operands.get(1).constant() instanceof String name)) {
      return;
    }
    App.Signature signature = all.get(name);
    if (signature == null) {
      if (known && !name.startsWith("BuiltIn")) {
        Optional<String> near = Nearest.of(name, all.keySet());
        found.add(
            Rule.UNKNOWN_NAME,
            call,
            "the app has no " + kind + " '" + name + "'",
            near.map(it -> "call '" + it + "'")
                .orElse(
                    "correct the name, or say @ReplaySafe with the reason if another app serves it"));
      }
      return;
    }
    types(call, operands, signature, found);
  }

  private void types(
      MethodInsnNode call,
      List<Tracked> operands,
      App.Signature signature,
      MethodCheck.Found found) {
    Type[] parameters = Type.getArgumentTypes(call.desc);
    for (int i = 1; i < parameters.length; i++) {
      Tracked given = operands.get(i + 1);
      String parameter = parameters[i].getDescriptor();
      if (parameter.equals(CLASS) && given.constant() instanceof Type wanted) {
        output(call, wanted, signature, found);
      } else if (i == 1 && parameter.equals(OBJECT)) {
        input(call, given.type(), signature, found);
      }
    }
  }

  private void output(
      MethodInsnNode call, Type wanted, App.Signature signature, MethodCheck.Found found) {
    Type output = signature.output();
    if (output == null) {
      return;
    }
    Shape asked = shape(wanted);
    Shape returned = shape(output);
    if (!Shape.fits(returned, asked)) {
      found.add(
          Rule.TYPE,
          call,
          "'%s' returns %s, and %s is asked for"
              .formatted(signature.name(), simple(output), simple(wanted)));
    }
  }

  private void input(
      MethodInsnNode call, @Nullable Type given, App.Signature signature, MethodCheck.Found found) {
    Type input = signature.input();
    if (input == null || given == null) {
      return;
    }
    Shape taken = shape(input);
    // A function that takes text gets the JSON text of any value.
    if (taken != Shape.TEXT && !Shape.fits(shape(given), taken)) {
      found.add(
          Rule.TYPE,
          call,
          "'%s' takes %s, and %s is given"
              .formatted(signature.name(), simple(input), simple(given)));
    }
  }

  private Shape shape(Type type) {
    return Shape.of(type, app.code());
  }

  private static String simple(Type type) {
    String name = type.getClassName();
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
