package dev.holdfast.functions.context;

import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.functions.model.Patience;

/**
 * Holds what the host gives an app to run in. A new setting becomes a component of one of the
 * parts, and nothing here changes.
 *
 * @param settings what the user has set for the app
 * @param door how the app's durable clients reach the hub
 * @param places how much runs at once
 * @param times how long functions may run
 * @param patience the limits for code that does not come to an end
 * @param conversions how values and failures cross between the hub and functions
 * @param log receives what functions log, and when they start and finish
 * @param past what is known of earlier lives of this host
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

  /** Returns the context that a host whose host.json is empty gives; nothing is logged in it. */
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
