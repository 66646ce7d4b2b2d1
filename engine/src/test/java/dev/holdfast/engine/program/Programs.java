package dev.holdfast.engine.program;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Holds the programs of one world, by name. */
public final class Programs {
  private final Map<String, Program> byName = new LinkedHashMap<>();

  public Programs add(Program program) {
    if (byName.put(program.name(), program) != null) {
      throw new IllegalArgumentException("there are two programs named " + program.name());
    }
    return this;
  }

  public boolean has(String name) {
    return byName.containsKey(name);
  }

  public Program get(String name) {
    Program program = byName.get(name);
    if (program == null) {
      throw new IllegalArgumentException("there is no program named " + name);
    }
    return program;
  }

  public Collection<Program> all() {
    return byName.values();
  }
}
