package dev.holdfast.host;

import dev.holdfast.host.cli.Subcommand;
import picocli.CommandLine.Command;

/** A command of another jar, which says nothing about help itself. */
@Command(name = "from-another-jar", description = "Come from another jar.")
public final class ForeignCommand implements Subcommand {
  @Override
  public Integer call() {
    return 0;
  }
}
