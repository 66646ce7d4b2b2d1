package dev.holdfast.host.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the settings of local.settings.json.
 *
 * @param values the app settings; each becomes an environment variable of the app unless the
 *     environment already has it
 * @param connectionStrings connection strings by name
 * @param port the value of {@code Host.LocalHttpPort}; null when it is not set
 * @param corsOrigins the value of {@code Host.CORS}
 */
public record LocalSettings(
    Map<String, String> values,
    Map<String, String> connectionStrings,
    @Nullable Integer port,
    List<String> corsOrigins,
    boolean corsCredentials) {

  public LocalSettings {
    values = Map.copyOf(values);
    connectionStrings = Map.copyOf(connectionStrings);
    corsOrigins = List.copyOf(corsOrigins);
  }

  public static LocalSettings none() {
    return new LocalSettings(Map.of(), Map.of(), null, List.of(), false);
  }

  /**
   * Reads {@code local.settings.json} in the given folder; a missing file means that there are no
   * settings.
   *
   * @throws CannotException the file cannot be used: it is broken or encrypted, or a value is not
   *     plain text
   */
  public static LocalSettings read(Path folder) {
    Path file = folder.resolve("local.settings.json");
    if (!Files.exists(file)) {
      return none();
    }
    Section root = new Section("", PlainJson.file(file), path -> file.toString());
    if (root.flag("IsEncrypted", false)) {
      throw new CannotException(
          "Cannot read " + file + ": it is encrypted.",
          "\"IsEncrypted\" is true, and only the machine that encrypted it has the key.",
          "Run 'func settings decrypt' there, or write the settings in plain text and set"
              + " \"IsEncrypted\" to false.");
    }
    Section host = root.section("Host");
    refuseMisspelt(file, "", root, List.of("IsEncrypted", "Values", "ConnectionStrings", "Host"));
    refuseMisspelt(file, "Host.", host, List.of("LocalHttpPort", "CORS", "CORSCredentials"));
    return new LocalSettings(
        values(file, root.section("Values")),
        connectionStrings(root.section("ConnectionStrings")),
        host.has("LocalHttpPort") ? host.whole("LocalHttpPort", 7071, 0, 65_535) : null,
        origins(host.text("CORS", "")),
        host.flag("CORSCredentials", false));
  }

  /**
   * Refuses names that are similar to a known name. Other unknown names are ignored, because other
   * programs use the file as well.
   */
  private static void refuseMisspelt(Path file, String path, Section section, List<String> known) {
    for (String name : section.names()) {
      if (known.stream().noneMatch(name::equalsIgnoreCase)) {
        Nearest.question(name, known)
            .ifPresent(
                question -> {
                  throw new CannotException(
                      "Cannot use the setting " + path + name + " of " + file + ".",
                      "There is no setting of that name.",
                      question + " Correct or remove it and start again.");
                });
      }
    }
  }

  private static Map<String, String> values(Path file, Section section) {
    try {
      return section.entries();
    } catch (CannotException e) {
      throw new CannotException(
          "Failed to read app settings file at '" + file + "'. Ensure it is a valid JSON file.",
          e.what() + " " + e.why(),
          "Write it as one text, or flatten it: \"Outer__Inner\": \"value\".");
    }
  }

  private static Map<String, String> connectionStrings(Section section) {
    Map<String, String> strings = new LinkedHashMap<>();
    for (String name : section.names()) {
      String text =
          section.isObject(name)
              ? section.section(name).text("ConnectionString")
              : section.text(name);
      if (text != null) {
        strings.put(name, text);
      }
    }
    return strings;
  }

  private static List<String> origins(String cors) {
    return List.of(cors.split(",")).stream().map(String::trim).filter(it -> !it.isEmpty()).toList();
  }
}
