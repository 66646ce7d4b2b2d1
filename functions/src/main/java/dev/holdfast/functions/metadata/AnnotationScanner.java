package dev.holdfast.functions.metadata;

import dev.holdfast.functions.kinds.BindingKind;
import dev.holdfast.functions.kinds.BindingKinds;
import dev.holdfast.functions.model.BindingDefinition;
import io.github.classgraph.AnnotationInfo;
import io.github.classgraph.ClassGraph;
import io.github.classgraph.ClassInfo;
import io.github.classgraph.MethodInfo;
import io.github.classgraph.MethodParameterInfo;
import io.github.classgraph.ScanResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the annotated functions on a class path by reading bytecode.
 *
 * <p>The scan loads no classes. So annotation attributes survive version differences between the
 * app's library and the host's, and no code of the app runs while it is scanned.
 */
public final class AnnotationScanner {

  private static final String FUNCTION_NAME = BindingAnnotations.LIBRARY + "FunctionName";
  private static final String STORAGE_ACCOUNT = BindingAnnotations.LIBRARY + "StorageAccount";
  private static final Map<String, String> RETRIES =
      Map.of(
          BindingAnnotations.LIBRARY + "FixedDelayRetry", "fixedDelay",
          BindingAnnotations.LIBRARY + "ExponentialBackoffRetry", "exponentialBackoff");

  // These libraries contain no functions and make up most of the bytes of a typical app. The scan
  // skips them by file name when they are separate jars, and by package when they were shaded into
  // the app's jar.
  private static final Pattern NEVER_FUNCTION_JARS =
      Pattern.compile(
          "(?:grpc|netty|perfmark|holdfast-protocol|protobuf-java|proto-google|guava|gson|jackson|kotlin|logback|slf4j"
              + "|checker-qual|error_prone|jsr305|j2objc)[-_].*\\.jar");
  private static final String[] NEVER_FUNCTIONS = {
    "io.grpc", "io.netty", "io.perfmark", "com.google.protobuf", "com.google.common",
    "com.google.gson", "com.fasterxml.jackson", "com.azure.core", "kotlin", "reactor",
    "dev.holdfast.protocol"
  };

  private final BindingKinds kinds;
  private final BindingAnnotations annotations;

  private AnnotationScanner(BindingKinds kinds) {
    this.kinds = kinds;
    this.annotations = new BindingAnnotations(kinds);
  }

  /** Returns every method with {@code @FunctionName}, in the order of the functions' names. */
  public static List<Candidate> scan(List<Path> classPath, BindingKinds kinds) {
    AnnotationScanner scanner = new AnnotationScanner(kinds);
    ClassGraph graph =
        new ClassGraph()
            .overrideClasspath(
                classPath.stream().filter(AnnotationScanner::mayHaveFunctions).toList())
            .enableMethodInfo()
            .enableAnnotationInfo()
            .ignoreClassVisibility()
            .ignoreMethodVisibility()
            .disableRuntimeInvisibleAnnotations()
            .disableModuleScanning()
            .disableNestedJarScanning()
            .rejectPackages(NEVER_FUNCTIONS);
    List<Candidate> candidates = new ArrayList<>();
    try (ScanResult scan = graph.scan()) {
      for (ClassInfo type : scan.getClassesWithMethodAnnotation(FUNCTION_NAME)) {
        for (MethodInfo method : type.getDeclaredMethodInfo()) {
          AnnotationInfo name = method.getAnnotationInfo(FUNCTION_NAME);
          // The compiler copies annotations to bridge methods.
          if (name != null && !method.isSynthetic() && !method.isBridge()) {
            candidates.add(scanner.candidate(type, method, name));
          }
        }
      }
    }
    candidates.sort(
        Comparator.comparing(Candidate::name, String.CASE_INSENSITIVE_ORDER)
            .thenComparing(Candidate::entryPoint));
    return candidates;
  }

  private static boolean mayHaveFunctions(Path entry) {
    return !NEVER_FUNCTION_JARS.matcher(String.valueOf(entry.getFileName())).matches();
  }

  private Candidate candidate(ClassInfo type, MethodInfo method, AnnotationInfo name) {
    String storage = value(method.getAnnotationInfo(STORAGE_ACCOUNT));
    List<BindingDefinition> bindings = bindings(method, storage);
    String entryPoint = type.getName().replace('$', '.') + "." + method.getName();
    String functionName = value(name);
    return new Candidate(
        functionName == null ? "" : functionName,
        entryPoint,
        null,
        bindings,
        null,
        config(entryPoint, bindings, retry(method)),
        null);
  }

  private List<BindingDefinition> bindings(MethodInfo method, @Nullable String storage) {
    List<BindingDefinition> bindings = new ArrayList<>();
    for (MethodParameterInfo parameter : method.getParameterInfo()) {
      for (AnnotationInfo annotation : parameter.getAnnotationInfo().directOnly()) {
        annotations.read(annotation).ifPresent(b -> bindings.add(connected(b, storage)));
      }
    }
    for (AnnotationInfo annotation : method.getAnnotationInfo()) {
      annotations
          .read(annotation)
          .map(b -> new BindingDefinition(b.type(), b.direction(), "$return", b.attributes()))
          .ifPresent(b -> bindings.add(connected(b, storage)));
    }
    boolean returns =
        !method.getTypeSignatureOrTypeDescriptor().getResultType().toString().equals("void");
    if (returns && bindings.stream().noneMatch(b -> b.name().equals("$return"))) {
      bindings.stream()
          .filter(BindingDefinition::isTrigger)
          .flatMap(trigger -> kinds.trigger(trigger).impliedOutput().stream())
          .findFirst()
          .ifPresent(bindings::add);
    }
    return bindings;
  }

  private BindingDefinition connected(BindingDefinition binding, @Nullable String storage) {
    BindingKind kind = kinds.of(binding.type());
    if (storage == null
        || kind == null
        || !kind.usesStorageAccount()
        || binding.text("connection") != null) {
      return binding;
    }
    Map<String, Object> attributes = new LinkedHashMap<>(binding.attributes());
    attributes.put("connection", storage);
    return new BindingDefinition(binding.type(), binding.direction(), binding.name(), attributes);
  }

  private static @Nullable Map<String, Object> retry(MethodInfo method) {
    for (AnnotationInfo annotation : method.getAnnotationInfo()) {
      String strategy = RETRIES.get(annotation.getName());
      if (strategy != null) {
        Map<String, Object> retry = new LinkedHashMap<>();
        retry.put("strategy", strategy);
        retry.putAll(BindingAnnotations.values(annotation.getParameterValues()));
        return retry;
      }
    }
    return null;
  }

  private static Map<String, Object> config(
      String entryPoint, List<BindingDefinition> bindings, @Nullable Map<String, Object> retry) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("entryPoint", entryPoint);
    List<Map<String, Object>> written = new ArrayList<>();
    for (BindingDefinition binding : bindings) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("type", binding.type());
      members.put("direction", binding.direction());
      members.put("name", binding.name());
      members.putAll(binding.attributes());
      written.add(members);
    }
    config.put("bindings", written);
    if (retry != null) {
      config.put("retry", retry);
    }
    return config;
  }

  private static @Nullable String value(@Nullable AnnotationInfo annotation) {
    Object value = annotation == null ? null : annotation.getParameterValues().getValue("value");
    return value == null ? null : value.toString();
  }
}
