package dev.holdfast.host;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code holdfast version}. */
@Command(name = "version", description = "Print the version of Holdfast and of Java.")
final class VersionCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(line());
    return 0;
  }

  /** What {@code --version} prints too. */
  static String line() {
    return "holdfast " + version() + ", Java " + Runtime.version();
  }

  /** As the build wrote it into the jar; a run from class folders has none. */
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
