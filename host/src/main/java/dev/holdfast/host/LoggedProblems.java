package dev.holdfast.host;

import dev.holdfast.core.Problems;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the problems that core and engine report, because these modules do not log. */
final class LoggedProblems implements Problems {
  private static final Logger log = LoggerFactory.getLogger("Host.Engine");

  @Override
  public void impossible(String what) {
    log.error("This should not happen, please report it; the host goes on. {}", what);
  }

  @Override
  public void failed(String what, Throwable cause) {
    log.error("{}. This should not happen, please report it; the host goes on.", what, cause);
  }

  @Override
  public void warn(String what) {
    log.warn("{}", what);
  }
}
