package dev.holdfast.host.doctor;

import dev.holdfast.functions.loading.AppFinder;
import dev.holdfast.functions.model.AppLoadException;
import dev.holdfast.functions.model.AppSource;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.host.cli.OutputForm;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.terminal.Printable;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast doctor [APP]} looks for what could keep a host from running well. */
@Command(
    name = "doctor",
    description = {
      "Look at Java, the port, the data folder, its disk and clock, and the libraries of an app.",
      "Nothing is changed. The exit code is 1 when there is a problem."
    })
public final class DoctorCommand implements Callable<Integer> {
  private static final int USUAL_PORT = 7071;

  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin OutputForm form = new OutputForm();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "APP",
      description = "A built project, or whatever 'holdfast start' takes.")
  @Nullable Path app;

  @Option(names = "--data", paramLabel = "DIR", description = "The data folder of the host.")
  @Nullable Path data;

  @Option(
      names = {"-p", "--port"},
      paramLabel = "N",
      description = "The HTTP port that the host shall have (default: ${DEFAULT-VALUE}).")
  int port = USUAL_PORT;

  @Override
  public Integer call() {
    DataFolder folder = DataFolder.of(data);
    boolean ours = folder.announced().filter(it -> it.url().getPort() == port).isPresent();
    List<Finding> findings = new ArrayList<>();
    findings.add(
        Machine.java(Runtime.version().feature(), Path.of(System.getProperty("java.home"))));
    findings.add(Machine.port(port, ours));
    findings.addAll(Disk.look(folder));
    if (app != null) {
      findings.addAll(libraries(app));
    }
    print(findings);
    boolean problem = findings.stream().anyMatch(it -> it.grade() == Finding.Grade.PROBLEM);
    return problem ? CannotException.FAILED : 0;
  }

  private static List<Finding> libraries(Path app) {
    try {
      AppSource source = AppFinder.find(app);
      if (source.missingDependencies() != null) {
        return List.of(
            Finding.problem(
                "app", source.missingDependencies(), "Run that command, and look again."));
      }
      return new Libraries(source.classPath()).look();
    } catch (AppLoadException e) {
      return List.of(
          Finding.problem(
              "app", String.valueOf(e.getMessage()), "Name an app that has been built."));
    }
  }

  private void print(List<Finding> findings) {
    PrintWriter out = spec.commandLine().getOut();
    if (form.isJson()) {
      form.print(out, findings.stream().map(DoctorCommand::json).toList());
      return;
    }
    for (Finding finding : findings) {
      out.printf("%-8s %s%n", finding.grade().word(), Printable.line(finding.what()));
      if (!finding.cure().isEmpty()) {
        out.printf("         %s%n", Printable.line(finding.cure()));
      }
    }
  }

  private static Map<String, Object> json(Finding finding) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("grade", finding.grade().word());
    json.put("about", finding.about());
    json.put("what", finding.what());
    json.put("cure", finding.cure());
    return json;
  }
}
