package dev.holdfast.dashboard;

import dev.holdfast.dashboard.shown.Moment;
import org.jspecify.annotations.Nullable;

/**
 * Shows one piece of work of an instance in its timeline.
 *
 * @param kind activity, sub-orchestration, timer, event, entity call or lock
 * @param link to the page of the child; "" for none
 * @param outcome done, failed, open, fired or no longer awaited
 * @param begun when the instance asked for it
 * @param ended null while it is open
 * @param took how long that was, in words
 * @param attempts how often it was tried
 */
public record Bar(
    String kind,
    String name,
    String link,
    String outcome,
    Moment begun,
    @Nullable Moment ended,
    String took,
    int attempts) {}
