package dev.holdfast.simulation;

/** Runs one seed in a process of its own, and prints the hash of its trace. */
final class Replay {

  private Replay() {}

  public static void main(String[] args) {
    Simulation simulation = new Simulation(Long.parseLong(args[1]), Workload.named(args[0]));
    System.out.println(Long.toHexString(simulation.run().traceHash()));
  }
}
