package dev.holdfast.host.cli;

import java.util.concurrent.Callable;

/**
 * Represents a command that another module adds to {@code holdfast}, found by {@link
 * java.util.ServiceLoader}. It is a class with picocli's {@code @Command}, which names it, and with
 * options. It returns an exit code of {@link dev.holdfast.host.config.CannotException}, or throws
 * that exception. It gets {@code --help} and {@code --version} automatically.
 */
public interface Subcommand extends Callable<Integer> {}
