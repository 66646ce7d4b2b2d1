package dev.holdfast.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.AnnotationNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Knows the orchestrators and activities of an app, which are its annotated functions and the ones
 * that it registers with the client library itself.
 */
final class App {
  private final Code code;
  private final List<Entry> orchestrators = new ArrayList<>();
  private final Map<String, Signature> activities = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Map<String, Signature> orchestrations =
      new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  private boolean activitiesAreKnown = true;
  private boolean orchestrationsAreKnown = true;

  /**
   * Represents the method at which an orchestrator begins.
   *
   * @param name the name of the orchestrator, or the name of its class when the code does not
   *     contain it
   */
  record Entry(String name, Code.Method method) {}

  /**
   * Describes the input and the output of a function.
   *
   * @param input the generic or plain type of the input; null when the type is not known
   * @param output the type of the output, as for {@code input}
   */
  record Signature(String name, @Nullable Type input, @Nullable Type output) {}

  private App(Code code) {
    this.code = code;
  }

  /** Returns the classes of the app. */
  Code code() {
    return code;
  }

  static App of(Code code) {
    App app = new App(code);
    for (ClassNode node : code.classes()) {
      app.add(code, node);
    }
    return app;
  }

  private void add(Code code, ClassNode node) {
    for (MethodNode method : node.methods) {
      AnnotationNode function = annotation(method.visibleAnnotations);
      if (function != null) {
        function(node, method, Library.text(function, "value", method.name));
      }
    }
    activitiesAreKnown &= factory(code, node, Library.ACTIVITY_FACTORY, activities);
    orchestrationsAreKnown &= factory(code, node, Library.ORCHESTRATION_FACTORY, orchestrations);
    if (code.isA(node.name, Library.ORCHESTRATION)) {
      MethodNode run = Code.declared(node, "run", "(L" + Library.CONTEXT + ";)V");
      if (run != null && (run.access & Opcodes.ACC_ABSTRACT) == 0) {
        orchestrators.add(new Entry(simpleName(node), new Code.Method(node, run)));
      }
    }
  }

  /**
   * Adds the orchestrator or activity that a factory makes.
   *
   * @return false when the class is a factory whose name is computed
   */
  private static boolean factory(
      Code code, ClassNode node, String type, Map<String, Signature> to) {
    if (!code.isA(node.name, type) || (node.access & Opcodes.ACC_ABSTRACT) != 0) {
      return true;
    }
    String name = constantName(node);
    if (name != null) {
      to.put(name, new Signature(name, null, null));
    }
    return name != null;
  }

  /** Returns whether all names of activities could be read from the code. */
  boolean activitiesAreKnown() {
    return activitiesAreKnown;
  }

  /** Returns whether all names of orchestrators could be read from the code. */
  boolean orchestrationsAreKnown() {
    return orchestrationsAreKnown;
  }

  /** Adds a lambda that the app gives to the library as an orchestration. */
  void addLambda(Code.Method lambda) {
    orchestrators.add(new Entry(simpleName(lambda.owner()), lambda));
  }

  private static String simpleName(ClassNode node) {
    return node.name.substring(node.name.lastIndexOf('/') + 1);
  }

  private static @Nullable AnnotationNode annotation(@Nullable List<AnnotationNode> annotations) {
    if (annotations != null) {
      for (AnnotationNode one : annotations) {
        if (one.desc.equals(Library.FUNCTION_NAME)) {
          return one;
        }
      }
    }
    return null;
  }

  private void function(ClassNode node, MethodNode method, String name) {
    Type[] parameters = Type.getArgumentTypes(method.desc);
    for (int i = 0; i < parameters.length; i++) {
      if (isBound(method, i, Library.ORCHESTRATION_TRIGGER)) {
        orchestrators.add(new Entry(name, new Code.Method(node, method)));
        orchestrations.put(
            name, new Signature(name, inputOf(method), Type.getReturnType(method.desc)));
      } else if (isBound(method, i, Library.ACTIVITY_TRIGGER)) {
        activities.put(name, new Signature(name, parameters[i], Type.getReturnType(method.desc)));
      }
    }
  }

  /** Returns the type in which an orchestrator asks for its input; null when that is not sure. */
  private static @Nullable Type inputOf(MethodNode method) {
    Type found = null;
    for (AbstractInsnNode insn : method.instructions) {
      if (insn instanceof MethodInsnNode call
          && call.owner.equals(Library.CONTEXT)
          && call.name.equals("getInput")) {
        if (found != null
            || !(insn.getPrevious() instanceof LdcInsnNode constant)
            || !(constant.cst instanceof Type type)) {
          return null;
        }
        found = type;
      }
    }
    return found;
  }

  private static boolean isBound(MethodNode method, int parameter, String annotation) {
    List<AnnotationNode>[] all = method.visibleParameterAnnotations;
    return all != null
        && parameter < all.length
        && all[parameter] != null
        && all[parameter].stream().anyMatch(it -> it.desc.endsWith(annotation));
  }

  /**
   * Returns the constant that {@code getName} of a factory returns; null when the method computes
   * the name.
   */
  private static @Nullable String constantName(ClassNode node) {
    MethodNode method = Code.declared(node, "getName", "()Ljava/lang/String;");
    if (method == null) {
      return null;
    }
    String found = null;
    for (AbstractInsnNode insn : method.instructions) {
      if (insn instanceof LdcInsnNode constant && constant.cst instanceof String text) {
        if (found != null) {
          return null;
        }
        found = text;
      }
    }
    return found;
  }

  List<Entry> orchestrators() {
    return orchestrators;
  }

  Map<String, Signature> activities() {
    return activities;
  }

  Map<String, Signature> orchestrations() {
    return orchestrations;
  }

  /**
   * Returns the packages of the app's own functions, shortened to their first two parts. Classes in
   * other packages of a jar with libraries inside do not belong to the app.
   */
  Set<String> packages() {
    Set<String> packages = new HashSet<>();
    for (Entry entry : orchestrators) {
      String[] parts = entry.method().owner().name.split("/", -1);
      StringBuilder start = new StringBuilder();
      for (int i = 0; i < Math.min(2, parts.length - 1); i++) {
        start.append(parts[i]).append('/');
      }
      packages.add(start.toString());
    }
    return packages;
  }
}
