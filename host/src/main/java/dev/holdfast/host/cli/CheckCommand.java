package dev.holdfast.host.cli;

import dev.holdfast.check.Checker;
import dev.holdfast.check.Finding;
import dev.holdfast.check.Report;
import dev.holdfast.functions.loading.AppFinder;
import dev.holdfast.functions.model.AppLoadException;
import dev.holdfast.functions.model.AppSource;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.terminal.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code holdfast check [APP]} finds the code in an app's orchestrators that would break a replay.
 */
@Command(
    name = "check",
    description =
        "Find in an app's code what would make its orchestrators fail to replay. Nothing of the"
            + " app is run.",
    footer = "Exit codes: 0 nothing found; 1 something found; 2 there is no app that can be read.")
public final class CheckCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "APP",
      arity = "0..1",
      description = "The folder of a built app, or its jar (default: this folder).")
  Path app = Path.of("");

  @Mixin OutputForm form = new OutputForm();

  @Override
  public Integer call() {
    Report report = report();
    PrintWriter out = spec.commandLine().getOut();
    if (form.isJson()) {
      Output.json(out, report.findings().stream().map(CheckCommand::fields).toList());
    } else {
      print(out, report);
    }
    return report.findings().isEmpty() ? 0 : 1;
  }

  private Report report() {
    try {
      return Checker.check(own(AppFinder.find(app)));
    } catch (AppLoadException | IOException e) {
      throw new CannotException(
          CannotException.USAGE, "Cannot check the app.", String.valueOf(e.getMessage()), "");
    }
  }

  /**
   * Returns the part of the class path that belongs to the app itself, which is its folders of
   * classes or its jar.
   */
  private static List<Path> own(AppSource source) {
    List<Path> folders = source.classPath().stream().filter(Files::isDirectory).toList();
    return folders.isEmpty() ? source.classPath().subList(0, 1) : folders;
  }

  private static void print(PrintWriter out, Report report) {
    for (Finding finding : report.findings()) {
      finding.text().lines().forEach(line -> out.println(Printable.line(line)));
      out.println();
    }
    if (report.orchestrators().isEmpty()) {
      out.println("The app has no orchestrators, so there was nothing to check.");
    } else {
      out.println(
          "%d found in %d orchestrators; %d methods were looked at."
              .formatted(
                  report.findings().size(), report.orchestrators().size(), report.methods()));
    }
  }

  private static Map<String, @Nullable Object> fields(Finding finding) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("rule", finding.rule().word());
    fields.put("orchestrator", finding.orchestrator());
    fields.put("class", finding.place().className());
    fields.put("method", finding.place().method());
    fields.put("file", finding.place().file());
    fields.put("line", finding.place().line());
    fields.put("what", finding.what());
    fields.put("why", finding.rule().why());
    fields.put("instead", finding.cure());
    fields.put("path", finding.path().stream().map(Finding.Place::toString).toList());
    return fields;
  }
}
