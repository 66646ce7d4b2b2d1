package dev.holdfast.check;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.AnnotationNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;

/**
 * Follows each orchestrator of an app through the app's code and collects the places that break a
 * {@link Rule}. The app is read as bytecode and its code never runs, so an app from any source may
 * be checked.
 */
public final class Checker {
  private static final Set<String> RUN_BY_LIBRARIES =
      Set.of("java/lang/Runnable", "java/util/concurrent/Callable", "java/util/Comparator");

  private final Code code;
  private final App app;
  private final Map<String, @Nullable Flow> flows = new HashMap<>();

  /** Holds the lambdas of the app by the interface that they implement. */
  private final Map<String, List<InvokeDynamicInsnNode>> lambdas = new HashMap<>();

  private final Map<String, Boolean> blocking = new HashMap<>();
  private final Map<String, Finding> findings = new LinkedHashMap<>();

  private Checker(Code code, App app) {
    this.code = code;
    this.app = app;
  }

  /**
   * Checks an app.
   *
   * @param roots the folders of classes and the jars that belong to the app; of a jar that has
   *     libraries inside, only the packages of the app's functions are followed
   * @throws IOException a file cannot be read, or does not contain a class; the message names the
   *     file
   */
  public static Report check(Collection<Path> roots) throws IOException {
    Code code = Code.read(roots);
    App app = App.of(code);
    if (roots.stream().anyMatch(it -> it.toString().endsWith(".jar"))) {
      code.keepOnly(app.packages());
    }
    Checker checker = new Checker(code, app);
    checker.findLambdas();
    Set<String> methods = new HashSet<>();
    for (App.Entry entry : app.orchestrators()) {
      checker.follow(entry, methods);
    }
    return new Report(
        app.orchestrators().stream().map(App.Entry::name).distinct().toList(),
        methods.size(),
        List.copyOf(checker.findings.values()));
  }

  /** Finds the lambdas that are given to the client library as orchestrations. */
  private void findLambdas() {
    for (ClassNode node : code.classes()) {
      for (MethodNode method : node.methods) {
        for (AbstractInsnNode insn : method.instructions) {
          if (insn instanceof InvokeDynamicInsnNode made
              && Type.getReturnType(made.desc).getSort() == Type.OBJECT) {
            String implemented = Type.getReturnType(made.desc).getInternalName();
            lambdas.computeIfAbsent(implemented, it -> new ArrayList<>()).add(made);
          }
          if (insn instanceof InvokeDynamicInsnNode dynamic
              && (dynamic.desc.endsWith(")L" + Library.ORCHESTRATION + ";")
                  || dynamic.desc.endsWith(")Lcom/microsoft/durabletask/OrchestratorFunction;"))) {
            lambda(dynamic).forEach(app::addLambda);
          }
        }
      }
    }
  }

  private List<Code.Method> lambda(InvokeDynamicInsnNode dynamic) {
    List<Code.Method> found = new ArrayList<>();
    for (Object argument : dynamic.bsmArgs) {
      if (argument instanceof Handle handle) {
        found.addAll(code.targets(handle.getOwner(), handle.getName(), handle.getDesc(), true));
      }
    }
    return found;
  }

  /**
   * Represents a method that an orchestrator reaches.
   *
   * @param quiet whether the method is reached only while the turn is not replayed, so that it may
   *     log
   */
  private record Step(Code.Method method, boolean quiet, List<Finding.Place> path) {
    String key() {
      return method.key() + (quiet ? " quiet" : "");
    }
  }

  private void follow(App.Entry entry, Set<String> methods) {
    Deque<Step> open = new ArrayDeque<>();
    Set<String> seen = new HashSet<>();
    open.add(new Step(entry.method(), false, List.of()));
    while (!open.isEmpty()) {
      Step step = open.remove();
      if (!seen.add(step.key())) {
        continue;
      }
      Flow flow = flow(step.method());
      if (flow == null || isExcused(entry, step)) {
        continue;
      }
      methods.add(step.method().key());
      BitSet replayed = flow.reachedInReplay();
      MethodCheck check = new MethodCheck(app, code, flow, this::blocks);
      check.run(
          step.quiet() ? new BitSet() : replayed,
          (rule, insn, what, cure) -> found(entry, step, flow.place(insn), rule, what, cure));
      for (AbstractInsnNode insn : flow.code()) {
        int at = flow.indexOf(insn);
        if (flow.isReached(at)) {
          List<Code.Method> callees = callees(insn);
          if (!callees.isEmpty()) {
            List<Finding.Place> path = new ArrayList<>(step.path());
            path.add(flow.place(insn));
            boolean quiet = step.quiet() || !replayed.get(at);
            callees.forEach(it -> open.add(new Step(it, quiet, path)));
          }
        }
      }
    }
  }

  private void found(
      App.Entry entry,
      Step step,
      Finding.Place place,
      Rule rule,
      String what,
      @Nullable String cure) {
    findings.putIfAbsent(
        rule + " " + place + " " + what,
        new Finding(
            rule, entry.name(), place, what, cure == null ? rule.cure() : cure, step.path()));
  }

  private @Nullable Flow flow(Code.Method method) {
    String key = method.key();
    if (!flows.containsKey(key)) {
      flows.put(key, Flow.of(method));
    }
    return flows.get(key);
  }

  /** Returns whether an annotation on the method or its class declares the code safe. */
  private boolean isExcused(App.Entry entry, Step step) {
    MethodNode method = step.method().node();
    ClassNode owner = step.method().owner();
    AnnotationNode excuse = excuse(method.invisibleAnnotations);
    if (excuse == null) {
      excuse = excuse(owner.invisibleAnnotations);
    }
    if (excuse == null) {
      return false;
    }
    if (Library.text(excuse, "value", "").isBlank()) {
      Finding.Place place =
          new Finding.Place(
              owner.name.replace('/', '.'),
              method.name,
              owner.sourceFile == null ? owner.name : owner.sourceFile,
              0);
      found(entry, step, place, Rule.NO_REASON, "@ReplaySafe without a reason", null);
    }
    return true;
  }

  private static @Nullable AnnotationNode excuse(@Nullable List<AnnotationNode> annotations) {
    return annotations == null
        ? null
        : annotations.stream()
            .filter(it -> it.desc.equals(Library.REPLAY_SAFE))
            .findFirst()
            .orElse(null);
  }

  /** Returns the app's methods that the instruction may call. */
  private List<Code.Method> callees(AbstractInsnNode insn) {
    if (insn instanceof MethodInsnNode call) {
      boolean lateBound =
          call.getOpcode() == Opcodes.INVOKEVIRTUAL || call.getOpcode() == Opcodes.INVOKEINTERFACE;
      return code.find(call.owner) == null
          ? List.of()
          : code.targets(call.owner, call.name, call.desc, lateBound);
    }
    if (insn instanceof InvokeDynamicInsnNode dynamic) {
      return lambda(dynamic);
    }
    if (insn instanceof TypeInsnNode made && insn.getOpcode() == Opcodes.NEW) {
      return handedOver(made.desc);
    }
    return List.of();
  }

  /** Returns the methods of an object of the app that a library will call, such as a Comparator. */
  private List<Code.Method> handedOver(String type) {
    ClassNode node = code.find(type);
    if (node == null) {
      return List.of();
    }
    boolean called =
        node.interfaces.stream()
            .anyMatch(it -> RUN_BY_LIBRARIES.contains(it) || it.startsWith("java/util/function/"));
    return called
        ? node.methods.stream()
            .filter(it -> !it.name.startsWith("<"))
            .map(it -> new Code.Method(node, it))
            .toList()
        : List.of();
  }

  /** Returns whether the call may end the turn with the exception of the client library. */
  private boolean blocks(AbstractInsnNode insn, List<Tracked> operands) {
    if (insn instanceof MethodInsnNode call) {
      if (Library.blocks(call)) {
        return true;
      }
      if (call.owner.startsWith(Library.PATTERNS)) {
        return true;
      }
      if (call.getOpcode() == Opcodes.INVOKEINTERFACE
          && lambdas.getOrDefault(call.owner, List.of()).stream()
              .anyMatch(it -> blocks(it, List.of()))) {
        return true;
      }
    }
    // A lambda is assumed to run at its place in the code, as in a forEach.
    if (insn instanceof InvokeDynamicInsnNode dynamic && refersToAwait(dynamic)) {
      return true;
    }
    return callees(insn).stream().anyMatch(this::blocks);
  }

  private static boolean refersToAwait(InvokeDynamicInsnNode dynamic) {
    for (Object argument : dynamic.bsmArgs) {
      if (argument instanceof Handle handle
          && handle.getOwner().equals(Library.TASK)
          && handle.getName().equals("await")) {
        return true;
      }
    }
    return false;
  }

  private boolean blocks(Code.Method method) {
    String key = method.key();
    Boolean known = blocking.get(key);
    if (known != null) {
      return known;
    }
    // A recursive call by itself does not make a method block.
    blocking.put(key, false);
    Flow flow = flow(method);
    if (flow != null) {
      for (AbstractInsnNode insn : flow.code()) {
        if (blocks(insn, flow.operands(insn))) {
          blocking.put(key, true);
          return true;
        }
      }
    }
    return false;
  }
}
