package dev.holdfast.check;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;

/** Looks for calls whose order comes from a collection without a fixed order. */
final class OrderCheck {
  private static final Set<String> UNORDERED =
      Set.of(
          "java/util/HashMap",
          "java/util/HashSet",
          "java/util/Hashtable",
          "java/util/IdentityHashMap",
          "java/util/WeakHashMap",
          "java/util/concurrent/ConcurrentHashMap");

  /** The results of these methods have the order of the collection on which they are called. */
  private static final Set<String> HANDS_ON =
      Set.of(
          "entrySet",
          "keySet",
          "values",
          "stream",
          "iterator",
          "map",
          "filter",
          "flatMap",
          "mapToObj",
          "mapToInt",
          "mapToLong",
          "boxed",
          "peek",
          "distinct",
          "skip",
          "limit",
          "toList",
          "collect",
          "spliterator",
          "listIterator",
          "subList",
          "toArray",
          "keys",
          "elements");

  private static final Set<String> ORDERED_COPIES =
      Set.of(
          "java/util/ArrayList",
          "java/util/LinkedList",
          "java/util/ArrayDeque",
          "java/util/LinkedHashSet",
          "java/util/LinkedHashMap",
          "java/util/Vector");

  private static final Set<String> WALKS = Set.of("forEach", "forEachOrdered", "forEachRemaining");

  private final Code code;
  private final Flow flow;

  /** Holds the methods and fields that are being looked at, so that a cycle ends. */
  private final Set<String> asked;

  private final Set<AbstractInsnNode> unordered = new HashSet<>();
  private final boolean sorts;

  OrderCheck(Code code, Flow flow) {
    this(code, flow, new HashSet<>());
  }

  private OrderCheck(Code code, Flow flow, Set<String> asked) {
    this.code = code;
    this.flow = flow;
    this.asked = asked;
    boolean sort = false;
    for (AbstractInsnNode insn : flow.code()) {
      sort |= insn instanceof MethodInsnNode call && call.name.equals("sort");
    }
    this.sorts = sort;
  }

  void run(MethodCheck.Found found) {
    learnAll();
    for (AbstractInsnNode insn : flow.code()) {
      if (insn instanceof MethodInsnNode call && flow.isReached(flow.indexOf(insn))) {
        judge(call, found);
      }
    }
  }

  private void learnAll() {
    int before = -1;
    while (before != unordered.size()) {
      before = unordered.size();
      for (AbstractInsnNode insn : flow.code()) {
        learn(insn);
      }
    }
  }

  /** Says whether the method returns a collection without a fixed order. */
  private boolean returnsUnordered(Code.Method method) {
    Flow other = asked.add(method.key()) ? Flow.of(method) : null;
    if (other == null) {
      return false;
    }
    OrderCheck check = new OrderCheck(code, other, asked);
    check.learnAll();
    asked.remove(method.key());
    for (AbstractInsnNode insn : other.code()) {
      Tracked result = insn.getOpcode() == Opcodes.ARETURN ? other.top(other.indexOf(insn)) : null;
      if (result != null && check.isUnordered(result)) {
        return true;
      }
    }
    return false;
  }

  /** Says whether an initializer sets the field to a collection without a fixed order. */
  private boolean holdsUnordered(FieldInsnNode read) {
    String key = read.owner + "." + read.name;
    if (!asked.add(key)) {
      return false;
    }
    boolean[] found = {false};
    new Fields(code)
        .makers(
            read,
            (setting, maker) -> {
              OrderCheck check = new OrderCheck(code, setting, asked);
              check.learnAll();
              found[0] |= check.unordered.contains(maker);
            });
    asked.remove(key);
    return found[0];
  }

  private boolean isUnordered(Tracked value) {
    return (value.type() != null
            && value.type().getSort() == Type.OBJECT
            && UNORDERED.contains(value.type().getInternalName()))
        || value.makers().stream().anyMatch(unordered::contains);
  }

  private void learn(AbstractInsnNode insn) {
    if (insn instanceof TypeInsnNode made && insn.getOpcode() == Opcodes.NEW) {
      if (UNORDERED.contains(made.desc)) {
        unordered.add(insn);
      }
      return;
    }
    if (insn instanceof FieldInsnNode field) {
      boolean reads =
          field.getOpcode() == Opcodes.GETSTATIC || field.getOpcode() == Opcodes.GETFIELD;
      if (reads && !unordered.contains(insn) && isCollection(field.desc) && holdsUnordered(field)) {
        unordered.add(insn);
      }
      return;
    }
    if (!(insn instanceof MethodInsnNode call)) {
      return;
    }
    List<Tracked> operands = flow.operands(call);
    if (code.find(call.owner) != null) {
      if (!unordered.contains(insn)
          && isCollection(Type.getReturnType(call.desc).getDescriptor())
          && code.targets(call.owner, call.name, call.desc, false).stream()
              .anyMatch(this::returnsUnordered)) {
        unordered.add(call);
      }
    } else if (makesUnordered(call, operands)) {
      unordered.add(call);
    } else if (call.name.equals("<init>")) {
      if (!sorts
          && ORDERED_COPIES.contains(call.owner)
          && operands.stream().skip(1).anyMatch(this::isUnordered)) {
        unordered.addAll(operands.get(0).makers());
      }
    } else if (call.getOpcode() != Opcodes.INVOKESTATIC) {
      if (HANDS_ON.contains(call.name)
          && !operands.isEmpty()
          && isUnordered(operands.get(0))
          && !(sorts && (call.name.equals("toList") || call.name.equals("collect")))) {
        unordered.add(call);
      }
    } else if (handsOnStatically(call) && operands.stream().anyMatch(this::isUnordered)) {
      unordered.add(call);
    }
  }

  private static boolean isCollection(String descriptor) {
    return descriptor.startsWith("Ljava/util/") || descriptor.equals("Ljava/lang/Iterable;");
  }

  private static boolean handsOnStatically(MethodInsnNode call) {
    return (call.owner.equals("java/util/List") && call.name.equals("copyOf"))
        || (call.owner.equals("java/util/Collections")
            && (call.name.startsWith("unmodifiable") || call.name.startsWith("synchronized")));
  }

  private static boolean makesUnordered(MethodInsnNode call, List<Tracked> operands) {
    return switch (call.owner) {
      case "java/util/Set", "java/util/Map" ->
          call.getOpcode() == Opcodes.INVOKESTATIC
              && (call.name.startsWith("of") || call.name.equals("copyOf"))
              && !isSingle(call);
      case "java/util/stream/Stream" ->
          call.name.equals("collect")
              && operands.size() == 2
              && operands.get(1).makers().stream().anyMatch(OrderCheck::collectsUnordered);
      default -> false;
    };
  }

  /** Returns whether the call makes a collection of at most one element. */
  private static boolean isSingle(MethodInsnNode call) {
    int arguments = Type.getArgumentTypes(call.desc).length;
    return call.name.equals("of")
        && !call.desc.startsWith("([")
        && arguments <= (call.owner.equals("java/util/Map") ? 2 : 1);
  }

  private static boolean collectsUnordered(AbstractInsnNode maker) {
    if (!(maker instanceof MethodInsnNode call)
        || !call.owner.equals("java/util/stream/Collectors")) {
      return false;
    }
    int arguments = Type.getArgumentTypes(call.desc).length;
    return switch (call.name) {
      case "toSet", "toUnmodifiableSet", "toUnmodifiableMap", "toConcurrentMap" -> true;
      case "toMap" -> arguments < 4;
      case "groupingBy" -> arguments < 3;
      default -> false;
    };
  }

  private void judge(MethodInsnNode call, MethodCheck.Found found) {
    List<Tracked> operands = flow.operands(call);
    if (operands.isEmpty() || !isUnordered(operands.get(0))) {
      return;
    }
    if (call.name.equals("next") || call.name.equals("nextElement")) {
      if (bodyOf(call, operands.get(0)).stream().anyMatch(this::isRecorded)) {
        found.add(Rule.UNORDERED, call, "a loop over a collection without a fixed order");
      }
    } else if (operands.stream().skip(1).anyMatch(OrderCheck::usesContext)) {
      String what = WALKS.contains(call.name) ? "forEach" : call.name;
      found.add(Rule.UNORDERED, call, what + " on a collection without a fixed order makes calls");
    }
  }

  /** Returns the instructions that run for each element of the iteration. */
  private BitSet bodyOf(MethodInsnNode step, Tracked iterator) {
    for (AbstractInsnNode insn : flow.code()) {
      if (insn instanceof MethodInsnNode call
          && (call.name.equals("hasNext") || call.name.equals("hasMoreElements"))) {
        List<Tracked> operands = flow.operands(insn);
        if (!operands.isEmpty() && operands.get(0).makers().equals(iterator.makers())) {
          return flow.bodyOf(flow.indexOf(step), flow.indexOf(insn));
        }
      }
    }
    return flow.loopOf(flow.indexOf(step));
  }

  private boolean isRecorded(int at) {
    AbstractInsnNode insn = flow.code().get(at);
    return Library.isRecorded(insn, flow.operands(insn));
  }

  /** Returns whether a lambda captures the context, so that it may make calls. */
  private static boolean usesContext(Tracked lambda) {
    return lambda.makers().stream()
        .anyMatch(
            it ->
                it instanceof InvokeDynamicInsnNode dynamic
                    && dynamic.desc.contains("L" + Library.CONTEXT + ";"));
  }
}
