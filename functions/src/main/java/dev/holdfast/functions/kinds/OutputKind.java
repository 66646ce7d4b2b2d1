package dev.holdfast.functions.kinds;

/** Represents a type of binding whose value the host takes from a function that has run. */
public interface OutputKind extends BindingKind {}
