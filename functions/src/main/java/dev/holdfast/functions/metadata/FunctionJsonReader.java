package dev.holdfast.functions.metadata;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.functions.model.BindingDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the function.json files of a staging directory, one per sub-folder. */
public final class FunctionJsonReader {

  private static final TypeReference<LinkedHashMap<String, Object>> DOCUMENT =
      new TypeReference<>() {};

  // Files are often edited by hand, so comments and trailing commas are allowed, as the Functions
  // host does.
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS, JsonReadFeature.ALLOW_TRAILING_COMMA)
          .build();

  private FunctionJsonReader() {}

  /** Returns every function below {@code root}, in the order of the folders' names. */
  public static List<Candidate> read(Path root) throws IOException {
    List<Path> folders;
    try (Stream<Path> children = Files.list(root)) {
      folders = children.sorted().toList();
    }
    List<Candidate> candidates = new ArrayList<>();
    for (Path folder : folders) {
      Path file = folder.resolve("function.json");
      if (Files.isRegularFile(file)) {
        candidates.add(readOne(folder.getFileName().toString(), file));
      }
    }
    return candidates;
  }

  private static Candidate readOne(String name, Path file) throws IOException {
    Map<String, Object> config;
    try {
      config = JSON.readValue(file.toFile(), DOCUMENT);
    } catch (JsonProcessingException e) {
      return Candidate.unreadable(
          name, file + " is not valid JSON: " + e.getOriginalMessage() + at(e) + ".");
    }
    List<BindingDefinition> bindings = new ArrayList<>();
    for (Object binding : list(config.get("bindings"))) {
      if (!(binding instanceof Map<?, ?> members)
          || !(members.get("type") instanceof String type)
          || type.isBlank()) {
        return Candidate.unreadable(name, file + " has a binding without a 'type'.");
      }
      bindings.add(binding(type, members));
    }
    String script = text(config.get("scriptFile"));
    String entryPoint = text(config.get("entryPoint"));
    return new Candidate(
        name,
        entryPoint == null ? "" : entryPoint,
        script,
        bindings,
        config.get("disabled"),
        config,
        entryPoint == null ? file + " has no 'entryPoint'." : null);
  }

  private static String at(JsonProcessingException e) {
    return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
  }

  private static BindingDefinition binding(String type, Map<?, ?> members) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    members.forEach(
        (key, value) -> {
          if (!List.of("type", "direction", "name").contains(key) && value != null) {
            attributes.put(String.valueOf(key), value);
          }
        });
    String direction = text(members.get("direction"));
    String name = text(members.get("name"));
    return new BindingDefinition(
        type, direction == null ? "in" : direction, name == null ? "" : name, attributes);
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private static @Nullable String text(@Nullable Object value) {
    return value instanceof String text ? text : null;
  }
}
