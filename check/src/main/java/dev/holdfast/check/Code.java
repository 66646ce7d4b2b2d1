package dev.holdfast.check;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** Holds the compiled classes of the app by their internal names. */
final class Code {
  private static final String CLASS = ".class";

  private final Map<String, ClassNode> classes = new TreeMap<>();

  /**
   * Reads the classes below these folders and in these jars.
   *
   * @throws IOException a file cannot be read
   */
  static Code read(Collection<Path> roots) throws IOException {
    Code code = new Code();
    for (Path root : roots) {
      if (Files.isDirectory(root)) {
        code.readFolder(root);
      } else {
        code.readJar(root);
      }
    }
    return code;
  }

  private void readFolder(Path root) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files = all.filter(it -> it.toString().endsWith(CLASS)).sorted().toList();
    }
    for (Path file : files) {
      add(Files.readAllBytes(file), file.toString());
    }
  }

  private void readJar(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : file.stream().toList()) {
        if (entry.getName().endsWith(CLASS) && !entry.getName().startsWith("META-INF/")) {
          try (InputStream in = file.getInputStream(entry)) {
            add(in.readAllBytes(), jar + "!" + entry.getName());
          }
        }
      }
    }
  }

  private void add(byte[] bytes, String where) throws IOException {
    ClassNode node = new ClassNode();
    try {
      new ClassReader(bytes).accept(node, ClassReader.SKIP_FRAMES);
    } catch (RuntimeException e) {
      throw new IOException(
          where + " is no class file that can be read: " + e + ". Build the app again.", e);
    }
    if (!node.name.endsWith("module-info")) {
      classes.putIfAbsent(node.name, node);
    }
  }

  Collection<ClassNode> classes() {
    return classes.values();
  }

  @Nullable ClassNode find(String internalName) {
    return classes.get(internalName);
  }

  /** Keeps only the classes whose packages are among these or below one of them. */
  void keepOnly(Set<String> packages) {
    classes
        .keySet()
        .removeIf(name -> packages.stream().noneMatch(it -> it.isEmpty() || name.startsWith(it)));
  }

  /**
   * Returns whether the class is this type, or extends or implements it through classes of the app.
   */
  boolean isA(String internalName, String type) {
    Deque<String> open = new ArrayDeque<>(List.of(internalName));
    Set<String> seen = new HashSet<>();
    while (!open.isEmpty()) {
      String name = open.remove();
      if (name.equals(type)) {
        return true;
      }
      ClassNode node = seen.add(name) ? find(name) : null;
      if (node != null) {
        open.addAll(node.interfaces);
        if (node.superName != null) {
          open.add(node.superName);
        }
      }
    }
    return false;
  }

  /** Represents a method together with its class. */
  record Method(ClassNode owner, MethodNode node) {
    String key() {
      return owner.name + "." + node.name + node.desc;
    }
  }

  static @Nullable MethodNode declared(ClassNode node, String name, String desc) {
    for (MethodNode method : node.methods) {
      if (method.name.equals(name) && method.desc.equals(desc)) {
        return method;
      }
    }
    return null;
  }

  /**
   * Returns the call with the class of a library as its owner when an app class inherits the method
   * from that class; otherwise the call itself.
   */
  MethodInsnNode inherited(MethodInsnNode call) {
    String in = call.owner;
    for (ClassNode node = find(in); node != null; node = find(in)) {
      if (declared(node, call.name, call.desc) != null || node.superName == null) {
        return call;
      }
      in = node.superName;
    }
    return in.equals(call.owner)
        ? call
        : new MethodInsnNode(call.getOpcode(), in, call.name, call.desc, call.itf);
  }

  /**
   * Returns the methods of the app that a call may run. They are the method that the class has or
   * inherits and, for a virtual call, the methods of other app classes that override it.
   */
  List<Method> targets(String owner, String name, String desc, boolean lateBound) {
    List<Method> found = new ArrayList<>();
    for (String in = owner; in != null; ) {
      ClassNode node = find(in);
      MethodNode method = node == null ? null : declared(node, name, desc);
      if (node != null && method != null) {
        found.add(new Method(node, method));
        break;
      }
      in = node == null ? null : node.superName;
    }
    if (lateBound && !name.startsWith("<")) {
      for (ClassNode node : classes.values()) {
        MethodNode method = node.name.equals(owner) ? null : declared(node, name, desc);
        if (method != null && isA(node.name, owner)) {
          found.add(new Method(node, method));
        }
      }
    }
    return found;
  }
}
