package dev.holdfast.host.cli;

import dev.holdfast.host.config.CannotException;
import dev.holdfast.server.http.keys.Key;
import dev.holdfast.server.http.keys.Key.Kind;
import dev.holdfast.server.http.keys.Keys;
import dev.holdfast.server.http.keys.Keys.NewKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * {@code holdfast keys} manages the keys of a host. A running host notices a change within a
 * second.
 */
@Command(
    name = "keys",
    description = {
      "List, create, rotate and delete the keys of a host.",
      "Without a further word it lists them."
    },
    synopsisSubcommandLabel = "[COMMAND]",
    subcommands = {
      KeysCommand.Listing.class,
      KeysCommand.Create.class,
      KeysCommand.Rotate.class,
      KeysCommand.Delete.class
    })
public final class KeysCommand implements Callable<Integer> {
  private static final List<String> FIELDS =
      List.of("kind", "scope", "name", "id", "created", "expires");

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "The data folder of the host.")
  @Nullable Path data;

  @Mixin OutputForm form = new OutputForm();

  @Override
  public Integer call() {
    return list(spec, form);
  }

  /** Opens the keys for a change, and creates the folder unless it exists. */
  private Keys open() {
    DataFolder folder = DataFolder.of(data);
    folder.create();
    return new Keys(folder.keyRecords(), InstantSource.system());
  }

  /** Lists the keys without creating the folder. */
  private int list(CommandSpec spec, OutputForm form) {
    DataFolder folder = DataFolder.of(data);
    if (!Files.isDirectory(folder.path())) {
      throw new CannotException(
          "There is no data folder " + folder.path() + ".",
          "A host makes it at its first start, and the keys are in it.",
          "Say which folder is meant with --data.");
    }
    List<Key> keys = new Keys(folder.keyRecords(), InstantSource.system()).active();
    if (form.isJson()) {
      form.print(spec.commandLine().getOut(), keys.stream().map(KeysCommand::json).toList());
      return 0;
    }
    if (keys.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println(
              "There are no keys in "
                  + folder.path()
                  + "; 'holdfast keys create KIND' makes one, a start with --bind or --enableAuth"
                  + " the usual ones.");
      return 0;
    }
    Output.table(
        spec.commandLine().getOut(),
        FIELDS.stream().map(it -> it.toUpperCase(Locale.ROOT)).toList(),
        keys.stream().map(KeysCommand::row).toList());
    return 0;
  }

  private static Map<String, Object> json(Key key) {
    List<String> row = row(key);
    Map<String, Object> json = new LinkedHashMap<>();
    for (int i = 0; i < row.size(); i++) {
      json.put(FIELDS.get(i), row.get(i));
    }
    return json;
  }

  private static List<String> row(Key key) {
    return List.of(
        key.kind().toString().toLowerCase(Locale.ROOT),
        key.scope().isEmpty() ? "all" : key.scope(),
        key.name(),
        key.id(),
        key.created().toString(),
        key.expires() == null ? "never" : key.expires().toString());
  }

  /**
   * Holds the arguments that name a key: {@code master}, {@code host [NAME]}, {@code system [NAME]}
   * or {@code function [NAME] --function FUNCTION}.
   */
  static final class Which {
    @Parameters(
        index = "0",
        paramLabel = "KIND",
        description = "${COMPLETION-CANDIDATES}: what it opens.")
    Kind kind = Kind.HOST;

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "NAME",
        description = "What people call it (default: default).")
    @Nullable String name;

    @Option(
        names = "--function",
        paramLabel = "FUNCTION",
        description = "The function that a function key opens.")
    @Nullable String function;

    String scope() {
      return switch (kind) {
        case FUNCTION -> {
          if (function == null) {
            throw new CannotException(
                CannotException.USAGE,
                "Which function?",
                "A function key opens one function.",
                "Name it with --function.");
          }
          yield function;
        }
        case SYSTEM -> name();
        case HOST, MASTER -> "";
      };
    }

    String name() {
      if (name != null && name.isBlank()) {
        throw new CannotException(
            CannotException.USAGE,
            "A key needs a name.",
            "The given name is empty; perhaps a variable of the shell is.",
            "Name it, or leave the name out for the usual one.");
      }
      return switch (kind) {
        case MASTER -> Key.MASTER_NAME;
        case SYSTEM -> name == null ? Key.DURABLE : name;
        case HOST, FUNCTION -> name == null ? "default" : name;
      };
    }
  }

  private static int show(CommandSpec spec, NewKey made) {
    spec.commandLine().getErr().println("Shown only now; keep it somewhere safe:");
    spec.commandLine().getOut().println(made.secret());
    return 0;
  }

  /** {@code holdfast keys list} lists the keys. */
  @Command(name = "list", description = "List the keys; secrets are neither stored nor shown.")
  static final class Listing implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @Mixin OutputForm form = new OutputForm();
    @ParentCommand KeysCommand keys = new KeysCommand();

    @Override
    public Integer call() {
      return keys.list(spec, form);
    }
  }

  /** {@code holdfast keys create} makes a key. */
  @Command(
      name = "create",
      description = "Make a key and print it; 'keys rotate' renews one that is there.")
  static final class Create implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @ParentCommand KeysCommand keys = new KeysCommand();
    @Mixin Which which = new Which();

    @Override
    public Integer call() {
      String name = which.name();
      NewKey made =
          keys.open()
              .createIfMissing(which.kind, which.scope(), name)
              .orElseThrow(() -> alreadyThere(name));
      return show(spec, made);
    }

    private CannotException alreadyThere(String name) {
      return new CannotException(
          CannotException.REFUSED,
          "There is a key '" + name + "' of that kind already.",
          "Whoever uses it would be locked out by a new one; nothing was changed.",
          "'holdfast keys rotate' renews it and lets the old one work on for a while; or give the new"
              + " one another NAME.");
    }
  }

  /** {@code holdfast keys rotate} makes a new secret for a key. */
  @Command(
      name = "rotate",
      description = "Make a new secret for a key and print it; the old one works on for a while.")
  static final class Rotate implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @ParentCommand KeysCommand keys = new KeysCommand();
    @Mixin Which which = new Which();

    @Option(
        names = "--grace",
        paramLabel = "TIME",
        description = "How long the old one works on (default: ${DEFAULT-VALUE}; 0s: not at all).")
    String grace = "24h";

    @Override
    public Integer call() {
      Duration both = Given.time("--grace", grace);
      return show(spec, keys.open().rotate(which.kind, which.scope(), which.name(), both));
    }
  }

  /** {@code holdfast keys delete} deletes a key. */
  @Command(name = "delete", description = "Take a key away; it stops working at once.")
  static final class Delete implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();
    @ParentCommand KeysCommand keys = new KeysCommand();
    @Mixin Which which = new Which();

    @Override
    public Integer call() {
      try {
        if (keys.open().delete(which.kind, which.scope(), which.name())) {
          spec.commandLine().getOut().println("Deleted key '" + which.name() + "'.");
          return 0;
        }
      } catch (IllegalArgumentException e) {
        throw new CannotException(
            CannotException.REFUSED,
            "The key was not deleted.",
            String.valueOf(e.getMessage()),
            "");
      }
      throw new CannotException(
          CannotException.NOT_FOUND,
          "There is no key '" + which.name() + "' of that kind.",
          "",
          "'holdfast keys list' shows those that are there.");
    }
  }
}
