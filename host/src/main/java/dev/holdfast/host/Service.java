package dev.holdfast.host;

final class Service {
  static int run(HostOptions options) throws InterruptedException {
    throw new UnsupportedOperationException(options.toString());
  }
}
