package dev.holdfast.host;

import dev.holdfast.host.cli.OutputForm;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code holdfast version} prints the versions. */
@Command(name = "version", description = "Print the version of Holdfast and of Java.")
final class VersionCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin OutputForm form = new OutputForm();

  @Override
  public Integer call() {
    if (form.isJson()) {
      form.print(
          spec.commandLine().getOut(),
          Map.of("holdfast", version(), "java", Runtime.version().toString()));
    } else {
      spec.commandLine().getOut().println(line());
    }
    return 0;
  }

  /** Returns the line with the versions, which {@code --version} prints too. */
  static String line() {
    return "holdfast " + version() + ", Java " + Runtime.version();
  }

  /**
   * Returns the version that the build wrote into the jar; a program that runs from class folders
   * has none.
   */
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
