package dev.holdfast.check;

import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
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

  private final Flow flow;
  private final Set<AbstractInsnNode> unordered = new HashSet<>();
  private final boolean sorts;

  OrderCheck(Flow flow) {
    this.flow = flow;
    boolean sort = false;
    for (AbstractInsnNode insn : flow.code()) {
      sort |= insn instanceof MethodInsnNode call && call.name.equals("sort");
    }
    this.sorts = sort;
  }

  void run(MethodCheck.Found found) {
    int before = -1;
    while (before != unordered.size()) {
      before = unordered.size();
      for (AbstractInsnNode insn : flow.code()) {
        learn(insn);
      }
    }
    for (AbstractInsnNode insn : flow.code()) {
      if (insn instanceof MethodInsnNode call && flow.isReached(flow.indexOf(insn))) {
        judge(call, found);
      }
    }
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
    if (!(insn instanceof MethodInsnNode call)) {
      return;
    }
    List<Tracked> operands = flow.operands(call);
    if (makesUnordered(call, operands)) {
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
      BitSet loop = flow.loopOf(flow.indexOf(call));
      if (loop.stream().anyMatch(this::isRecorded)) {
        found.add(Rule.UNORDERED, call, "a loop over a collection without a fixed order");
      }
    } else if (operands.stream().skip(1).anyMatch(OrderCheck::usesContext)) {
      String what = WALKS.contains(call.name) ? "forEach" : call.name;
      found.add(Rule.UNORDERED, call, what + " on a collection without a fixed order makes calls");
    }
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
