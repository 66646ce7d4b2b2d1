package dev.holdfast.host.project;

import dev.holdfast.host.cli.OutputForm;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.config.Home;
import dev.holdfast.host.terminal.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** {@code holdfast new NAME} makes a new project for the user. */
@Command(
    name = "new",
    description = {
      "Make a Maven project of your own from a sample, with tests and all that it needs.",
      "Nothing that is there already is overwritten."
    },
    sortOptions = false)
public final class NewCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();
  @Mixin OutputForm form = new OutputForm();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "The folder of the new project; its last part is the project's name.")
  @Nullable Path folder;

  @Option(
      names = "--from",
      paramLabel = "SAMPLE",
      description = "The sample to begin with (default: ${DEFAULT-VALUE}).")
  String from = "chaining";

  @Option(
      names = "--package",
      paramLabel = "PACKAGE",
      description = "The Java package (default: com.example and the name).")
  @Nullable String javaPackage;

  @Option(names = "--list", description = "List the samples instead.")
  boolean list;

  @Override
  public Integer call() throws IOException {
    Catalogue catalogue = new Catalogue(Home.samples());
    if (list) {
      list(catalogue);
      return 0;
    }
    if (folder == null) {
      throw new CannotException(
          CannotException.USAGE,
          "A new project needs a name.",
          "None was given.",
          "For example: holdfast new orders --from chaining. 'holdfast new --list' lists the samples.");
    }
    Sample sample = catalogue.find(from);
    ProjectName name = ProjectName.of(folder, javaPackage);
    Path place = folder.toAbsolutePath().normalize();
    new Project(catalogue, sample, name, new Libraries(Home.repository())).write(place);
    tell(sample, place);
    return 0;
  }

  private void list(Catalogue catalogue) throws IOException {
    if (form.isJson()) {
      List<Map<String, Object>> samples = new ArrayList<>();
      for (Sample sample : catalogue.list()) {
        samples.add(
            Map.of("name", sample.name(), "classes", sample.classes(), "about", sample.about()));
      }
      form.print(out(), samples);
      return;
    }
    for (Sample sample : catalogue.list()) {
      out()
          .printf(
              "%-18s%s (%s)%n", sample.name(), sample.about(), String.join(", ", sample.classes()));
    }
  }

  private void tell(Sample sample, Path place) {
    String shown = Printable.line(String.valueOf(folder));
    out()
        .println(
            "Made " + Printable.line(place.toString()) + " from the sample " + sample.name() + ".");
    out().println("  mvn -f " + shown + " verify     builds it and runs its tests");
    out()
        .println(
            "  holdfast start " + shown + "    serves it; README.md in it has requests to try");
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
