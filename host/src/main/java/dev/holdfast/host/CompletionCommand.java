package dev.holdfast.host;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code holdfast completion} prints what lets a shell complete commands and options. */
@Command(
    name = "completion",
    description = {
      "Print the script by which bash and zsh complete commands and options.",
      "This line turns it on for a shell: . <(holdfast completion)"
    })
final class CompletionCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(AutoComplete.bash("holdfast", Main.commandLine()));
    return 0;
  }
}
