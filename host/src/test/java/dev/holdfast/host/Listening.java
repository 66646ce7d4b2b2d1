package dev.holdfast.host;

/** How a host of a test is reached, where that is not as usual. */
final class Listening {
  private Listening() {}

  /**
   * The same options with these ports and this address; 0 is any free port.
   *
   * @param requireKeys true asks for keys even on loopback
   */
  static HostOptions on(
      HostOptions usual, int port, int grpcPort, String address, boolean requireKeys) {
    return new HostOptions(
        usual.app(),
        usual.data(),
        usual.storeKind(),
        port,
        grpcPort,
        address,
        requireKeys,
        usual.functions(),
        usual.corsOrigins(),
        usual.corsCredentials(),
        usual.verbose(),
        usual.engineOnly(),
        usual.connect(),
        usual.lossAccepted());
  }
}
