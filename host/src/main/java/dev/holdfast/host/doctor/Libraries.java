package dev.holdfast.host.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks for versions of an app's libraries that are known not to fit together. */
final class Libraries {
  private static final String ABOUT = "libraries";
  private static final Pattern JAR =
      Pattern.compile("(.+?)-(\\d+[.]\\d[\\w.]*?(?:-(?:jre|android|[A-Za-z]+\\d*))?)[.]jar");
  private static final String CURE = "docs/first-app.md lists the versions that go together.";

  private final Map<String, TreeSet<String>> versions = new TreeMap<>();

  /**
   * @param classPath the class path of the app, whose jars have their versions in their names
   */
  Libraries(Collection<Path> classPath) {
    for (Path entry : classPath) {
      Matcher jar = JAR.matcher(String.valueOf(entry.getFileName()));
      if (jar.matches()) {
        versions.computeIfAbsent(jar.group(1), any -> new TreeSet<>()).add(jar.group(2));
      }
    }
  }

  List<Finding> look() {
    List<Finding> findings = new ArrayList<>();
    twice(findings);
    clientAndFunctions(findings);
    protobuf(findings);
    jackson(findings);
    if (findings.isEmpty()) {
      findings.add(Finding.ok(ABOUT, "No library of the app is known not to fit."));
    }
    return findings;
  }

  private void twice(List<Finding> findings) {
    versions.forEach(
        (artifact, found) -> {
          if (found.size() > 1) {
            findings.add(
                Finding.problem(
                    ABOUT,
                    artifact + " is there in several versions: " + String.join(", ", found) + ".",
                    "Remove old jars: build the app anew with mvn clean package."));
          }
        });
  }

  /** Release 1.0.1 of the functions library names methods that later clients have changed. */
  private void clientAndFunctions(List<Finding> findings) {
    String client = version("durabletask-client");
    String functions = version("durabletask-azure-functions");
    if (client.isEmpty() && functions.isEmpty()) {
      findings.add(
          Finding.warning(
              ABOUT,
              "The app has no durabletask-client, so it has no orchestrations.",
              "Add it if that is not intended. " + CURE));
    } else if (functions.equals("1.0.1") && !client.equals("1.0.0")) {
      findings.add(
          Finding.problem(
              ABOUT,
              "durabletask-azure-functions 1.0.1 does not start with durabletask-client "
                  + client
                  + ".",
              "Take durabletask-client 1.0.0, or durabletask-azure-functions 1.4.0. " + CURE));
    }
  }

  private void protobuf(List<Finding> findings) {
    String protobuf = version("protobuf-java");
    if (!protobuf.isEmpty() && !atLeast(protobuf, 3, 22)) {
      findings.add(
          Finding.problem(
              ABOUT,
              "protobuf-java "
                  + protobuf
                  + " is too old for durabletask-client; calls of entities fail.",
              "Name protobuf-java 3.25.5 among the dependencies of the app. " + CURE));
    } else if (atLeast(protobuf, 4, 0)) {
      findings.add(
          Finding.problem(
              ABOUT,
              "protobuf-java " + protobuf + " does not read the messages of durabletask-client.",
              "Name protobuf-java 3.25.5 among the dependencies of the app. " + CURE));
    }
  }

  private void jackson(List<Finding> findings) {
    String databind = version("jackson-databind");
    for (String part : List.of("jackson-core", "jackson-annotations")) {
      String version = version(part);
      if (!databind.isEmpty() && !version.isEmpty() && !minor(version).equals(minor(databind))) {
        findings.add(
            Finding.problem(
                ABOUT,
                part + " " + version + " does not fit jackson-databind " + databind + ".",
                "Import jackson-bom in dependencyManagement, so that all parts have one version."));
      }
    }
  }

  private String version(String artifact) {
    TreeSet<String> found = versions.get(artifact);
    return found == null ? "" : found.last();
  }

  private static String minor(String version) {
    return version.replaceFirst("^(\\d+[.]\\d+).*", "$1");
  }

  private static boolean atLeast(String version, int major, int minor) {
    Matcher numbers = Pattern.compile("(\\d+)[.](\\d+).*").matcher(version);
    if (!numbers.matches()) {
      return false;
    }
    int first = Integer.parseInt(numbers.group(1));
    return first > major || (first == major && Integer.parseInt(numbers.group(2)) >= minor);
  }
}
