package dev.holdfast.host;

import java.util.List;
import java.util.Map;

/** A process that gives itself a variable, by either way, and tells what an app would see. */
final class TellsEnvironment {
  private TellsEnvironment() {}

  public static void main(String[] arguments) throws Exception {
    SecondProcess.endWithFirst();
    boolean inPlace = ProcessEnvironment.add(Map.of());
    System.out.println("in place: " + inPlace);
    Map<String, String> values = Map.of("HOLDFAST_TEST", "ä value");
    if (System.getenv("HOLDFAST_TEST") == null && !ProcessEnvironment.add(values)) {
      System.exit(SecondProcess.run(TellsEnvironment.class, List.of(arguments), values));
    }
    System.out.println("by name: " + System.getenv("HOLDFAST_TEST"));
    System.out.println("by map: " + System.getenv().get("HOLDFAST_TEST"));
    System.out.println("by child: " + new ProcessBuilder().environment().get("HOLDFAST_TEST"));
    System.out.println("second: " + SecondProcess.isThis());
    System.exit(arguments.length == 0 ? 0 : awaitEnd(arguments[0]));
  }

  private static int awaitEnd(String exitCode) throws InterruptedException {
    var asked = new java.util.concurrent.CountDownLatch(1);
    Signals.onRequestToEnd(name -> asked.countDown());
    System.out.println("ready");
    asked.await();
    System.out.println("asked to end");
    return Integer.parseInt(exitCode);
  }
}
