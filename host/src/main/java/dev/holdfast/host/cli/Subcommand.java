package dev.holdfast.host.cli;

import java.util.concurrent.Callable;

/**
 * Represents a command that another module adds to {@code holdfast}, found by {@link
 * java.util.ServiceLoader}. The command is a class with options and with picocli's
 * {@code @Command}, which gives its name. Its method returns an exit code of {@link
 * dev.holdfast.host.config.CannotException}, or throws that exception. The command gets {@code
 * --help} and {@code --version} automatically.
 */
public interface Subcommand extends Callable<Integer> {}
