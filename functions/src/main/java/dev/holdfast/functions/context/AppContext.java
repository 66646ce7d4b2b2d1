package dev.holdfast.functions.context;

import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.functions.model.Patience;

/**
 * Holds the settings and services that the host gives to an app. A new setting becomes a component
 * of one of the parts, so this class does not change.
 *
 * @param settings the settings that the user has made for the app
 * @param door the way in which the app's durable clients reach the hub
 * @param places the limits of how many functions run at once
 * @param times the limits of how long functions may run
 * @param patience the limits for code that does not end
 * @param conversions the rules for passing values and failures between the hub and functions
 * @param log receives the log lines of functions, and reports of their starts and ends
 * @param past the facts that are known about earlier processes of this host
 */
public record AppContext(
    AppSettings settings,
    HubDoor door,
    Places places,
    RunTimes times,
    Patience patience,
    Conversions conversions,
    FunctionLog log,
    Past past) {

  /**
   * Returns the context that a host with an empty host.json gives, but with a log that drops
   * everything.
   */
  public static AppContext usual() {
    return new AppContext(
        AppSettings.NONE,
        HubDoor.DEFAULT,
        Places.ofThisMachine(),
        RunTimes.DEFAULT,
        Patience.DEFAULT,
        Conversions.DEFAULT,
        entry -> {},
        Past.unknown());
  }

  public AppContext withSettings(AppSettings other) {
    return new AppContext(other, door, places, times, patience, conversions, log, past);
  }

  public AppContext withDoor(HubDoor other) {
    return new AppContext(settings, other, places, times, patience, conversions, log, past);
  }

  public AppContext withPlaces(Places other) {
    return new AppContext(settings, door, other, times, patience, conversions, log, past);
  }

  public AppContext withTimes(RunTimes other) {
    return new AppContext(settings, door, places, other, patience, conversions, log, past);
  }

  public AppContext withPatience(Patience other) {
    return new AppContext(settings, door, places, times, other, conversions, log, past);
  }

  public AppContext withConversions(Conversions other) {
    return new AppContext(settings, door, places, times, patience, other, log, past);
  }

  public AppContext withLog(FunctionLog other) {
    return new AppContext(settings, door, places, times, patience, conversions, other, past);
  }

  public AppContext withPast(Past other) {
    return new AppContext(settings, door, places, times, patience, conversions, log, other);
  }
}
