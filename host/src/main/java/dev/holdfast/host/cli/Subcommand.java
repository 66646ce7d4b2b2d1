package dev.holdfast.host.cli;

import java.util.concurrent.Callable;

/**
 * A command that another room adds to {@code holdfast}, found by {@link java.util.ServiceLoader}: a
 * class with picocli's {@code @Command}, a name in it, and options. It returns an exit code of
 * {@link dev.holdfast.host.config.CannotException}, or throws that exception. {@code --help} and
 * {@code --version} come by themselves.
 */
public interface Subcommand extends Callable<Integer> {}
