package app;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.stream.Collectors;

public class IsolationApp {

  @FunctionName("WhereIs")
  public String whereIs(@HttpTrigger(name = "req") String className) throws Exception {
    try {
      Class<?> type = Class.forName(className);
      if (type.getClassLoader() == IsolationApp.class.getClassLoader()) {
        return "own " + type.getProtectionDomain().getCodeSource().getLocation();
      }
      return "host or JDK";
    } catch (ClassNotFoundException e) {
      return "absent";
    }
  }

  @FunctionName("Resources")
  public String resources(@HttpTrigger(name = "req") String name) throws IOException {
    return Collections.list(IsolationApp.class.getClassLoader().getResources(name)).stream()
        .map(URL::toString)
        .collect(Collectors.joining(","));
  }

  @FunctionName("Logging")
  public String logging(@HttpTrigger(name = "req") String ignored) {
    return org.slf4j.LoggerFactory.getLogger("x").getClass().getName();
  }

  public static class Named {
    @com.google.gson.annotations.SerializedName("other_name")
    public String name;
  }

  @FunctionName("GsonNames")
  public Named gsonNames(@HttpTrigger(name = "req") Named named) {
    named.name += "!";
    return named;
  }

  public record Pair(int left, @com.google.gson.annotations.SerializedName("r") String right) {}

  @FunctionName("Records")
  public Pair records(@HttpTrigger(name = "req") Pair pair) {
    return new Pair(pair.left() + 1, pair.right());
  }
}
