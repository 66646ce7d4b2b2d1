package app;

import com.microsoft.azure.functions.ExecutionContext;
import com.microsoft.azure.functions.annotation.BlobInput;
import com.microsoft.azure.functions.annotation.BlobTrigger;
import com.microsoft.azure.functions.annotation.Cardinality;
import com.microsoft.azure.functions.annotation.CustomBinding;
import com.microsoft.azure.functions.annotation.EventHubTrigger;
import com.microsoft.azure.functions.annotation.ExponentialBackoffRetry;
import com.microsoft.azure.functions.annotation.FixedDelayRetry;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.azure.functions.annotation.QueueOutput;
import com.microsoft.azure.functions.annotation.QueueTrigger;
import com.microsoft.azure.functions.annotation.StorageAccount;
import com.microsoft.azure.functions.annotation.TimerTrigger;
import com.microsoft.azure.functions.annotation.WarmupTrigger;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;

public class RulesApp {

  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.PARAMETER)
  @CustomBinding(direction = "in", name = "", type = "rabbitMQTrigger")
  public @interface RabbitTrigger {
    String name();

    String queueName() default "q";

    int prefetch() default 3;

    String[] tags() default {"a", "b"};
  }

  @FunctionName("Rabbit")
  public void rabbit(@RabbitTrigger(name = "message", prefetch = 4) String message) {}

  @FunctionName("Blobs")
  @StorageAccount("MyStorage")
  @QueueOutput(name = "ignored", queueName = "out", connection = "Own")
  public String blobs(
      @BlobTrigger(name = "in", path = "c/{name}", dataType = "binary") byte[] in,
      @BlobInput(name = "other", path = "c/x") String other) {
    return null;
  }

  @FunctionName("Hub")
  @ExponentialBackoffRetry(
      maxRetryCount = 3,
      minimumInterval = "00:00:01",
      maximumInterval = "00:01:00")
  public void hub(
      @EventHubTrigger(name = "events", eventHubName = "h", connection = "c")
          List<String> events) {}

  @FunctionName("HubOne")
  public void hubOne(
      @EventHubTrigger(
              name = "event",
              eventHubName = "h",
              connection = "c",
              cardinality = Cardinality.ONE)
          String event) {}

  @FunctionName("Timer")
  @FixedDelayRetry(maxRetryCount = 2, delayInterval = "00:00:05")
  public void timer(@TimerTrigger(name = "t", schedule = "%SCHEDULE%") String t) {}

  @FunctionName("Warm")
  public void warm(@WarmupTrigger Object context) {}

  @FunctionName("HttpReturning")
  public int http(
      @HttpTrigger(name = "req", route = "/items/{id}") String req, ExecutionContext context) {
    return 1;
  }

  @FunctionName("HttpVoid")
  public void httpVoid(@HttpTrigger(name = "req") String req) {}

  @FunctionName("NoTrigger")
  public void noTrigger(String nothing) {}

  @FunctionName("TwoTriggers")
  public void twoTriggers(
      @HttpTrigger(name = "req") String req, @QueueTrigger(name = "q", queueName = "q") String q) {}

  @FunctionName("1bad")
  public void badName(@HttpTrigger(name = "req") String req) {}

  @FunctionName("host")
  public void reserved(@HttpTrigger(name = "req") String req) {}

  @FunctionName("BadBinding")
  public void badBinding(@HttpTrigger(name = "my_req") String req) {}

  @FunctionName("Twice")
  public void twice(@HttpTrigger(name = "req") String req) {}

  @FunctionName("TWICE")
  public void twiceAgain(@HttpTrigger(name = "req") String req) {}

  @FunctionName("AdminRoute")
  public void adminRoute(@HttpTrigger(name = "req", route = "administration/x") String req) {}

  @FunctionName("SameRoute")
  public void sameRoute(@HttpTrigger(name = "req", route = "Items/{other}") String req) {}

  @FunctionName("Overloaded")
  public void overloaded(@HttpTrigger(name = "req") String req) {}

  public void overloaded() {}
}
