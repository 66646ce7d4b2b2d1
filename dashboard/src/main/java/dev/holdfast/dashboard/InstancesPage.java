package dev.holdfast.dashboard;

import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import dev.holdfast.core.Statuses;
import dev.holdfast.dashboard.shown.Equal;
import dev.holdfast.dashboard.shown.Links;
import dev.holdfast.engine.HubLists;
import dev.holdfast.engine.TaskHub;
import dev.holdfast.protocol.InstanceQuery;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.QueryInstancesResponse;
import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.message.Query;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Shows pages of instances, the newest first, that pass the filter. */
public final class InstancesPage {
  private static final int ROWS = 50;
  private static final String BLOCKED = "Blocked";

  private final Pages pages;
  private final HubLists hub;

  InstancesPage(Pages pages, TaskHub hub) {
    this.pages = pages;
    this.hub = hub;
  }

  /**
   * Holds the filter as the visitor has typed it.
   *
   * @param status the name of a status, {@code Blocked}, or "" for any
   */
  public record Filter(String status, String name, String prefix, String from, String to) {
    String link(@Nullable String after) {
      return Links.of(
          "instances",
          "status",
          status,
          "name",
          name,
          "prefix",
          prefix,
          "from",
          from,
          "to",
          to,
          "after",
          after);
    }

    Filter withStatus(String other) {
      return new Filter(other, name, prefix, from, to);
    }

    public boolean isEmpty() {
      return (status + name + prefix + from + to).isEmpty();
    }
  }

  /** Holds a link to the same list with another status. */
  public record Chip(String words, String kind, String link, boolean chosen) {}

  /**
   * Holds the content of the page.
   *
   * @param mistake the fault of the filter; "" when it has none
   * @param next the link to older instances; "" when there are none
   * @param first the link to the newest instances; "" on that page
   * @param equal the commands that print the same list
   */
  public record View(
      Filter filter,
      List<Chip> chips,
      String mistake,
      List<InstanceRow> rows,
      String next,
      String first,
      Equal equal) {}

  CompletableFuture<Reply> show(Request request, PathValues values) {
    Query query = request.query();
    Filter filter =
        new Filter(
            text(query, "status"),
            text(query, "name"),
            text(query, "prefix"),
            text(query, "from"),
            text(query, "to"));
    String after = text(query, "after");
    InstanceQuery.Builder wanted =
        InstanceQuery.newBuilder()
            .setMaxInstanceCount(ROWS)
            .setFetchInputsAndOutputs(true)
            .setNewestFirst(true)
            .setOrchestrator(filter.name())
            .setInstanceIdPrefix(StringValue.of(filter.prefix()));
    String mistake = readInto(wanted, filter);
    CompletableFuture<QueryInstancesResponse> found =
        !mistake.isEmpty()
            ? CompletableFuture.completedFuture(QueryInstancesResponse.getDefaultInstance())
            : filter.status().equalsIgnoreCase(BLOCKED)
                ? hub.queryBlocked(wanted.build())
                : hub.query(wanted.build());
    return found.thenApply(
        page ->
            pages.page(
                request,
                mistake.isEmpty() ? 200 : 400,
                "instances",
                "Instances",
                "instances",
                view(request, filter, after, mistake, page)));
  }

  private View view(
      Request request, Filter filter, String after, String mistake, QueryInstancesResponse page) {
    String token = page.getContinuationToken().getValue();
    return new View(
        filter,
        chips(filter),
        mistake,
        new InstanceRow.Maker(pages.now(), pages.visitor(request))
            .of(page.getOrchestrationStateList()),
        token.isEmpty() ? "" : filter.link(token),
        after.isEmpty() ? "" : filter.link(""),
        Equal.ofList(
            request.origin(),
            pages.asksForKeys(),
            filter.status(),
            filter.name(),
            filter.prefix(),
            filter.from(),
            filter.to()));
  }

  private static List<Chip> chips(Filter filter) {
    List<Chip> chips = new ArrayList<>();
    chips.add(chip("", "All", "status-all", filter));
    for (OrchestrationStatus status : StatusNames.SHOWN) {
      String name = Statuses.name(status);
      chips.add(chip(name, name, StatusNames.kind(status), filter));
    }
    chips.add(chip(BLOCKED, BLOCKED, "status-blocked", filter));
    return chips;
  }

  private static Chip chip(String status, String words, String kind, Filter filter) {
    return new Chip(
        words, kind, filter.withStatus(status).link(""), status.equalsIgnoreCase(filter.status()));
  }

  /** Reads the filter into the query; returns the fault of the filter, or "" when it has none. */
  private static String readInto(InstanceQuery.Builder wanted, Filter filter) {
    if (!filter.status().isEmpty() && !filter.status().equalsIgnoreCase(BLOCKED)) {
      OrchestrationStatus status = StatusNames.parse(filter.status());
      if (status == null) {
        return "There is no such status. Choose one of those above.";
      }
      wanted.addRuntimeStatus(status);
    }
    Instant from = time(filter.from());
    Instant to = time(filter.to());
    if ((from == null && !filter.from().isEmpty()) || (to == null && !filter.to().isEmpty())) {
      return "The time cannot be read. Write it like 2026-03-01 or 2026-03-01T10:00, in UTC.";
    }
    if (from != null) {
      wanted.setCreatedTimeFrom(timestamp(from));
    }
    if (to != null) {
      wanted.setCreatedTimeTo(timestamp(to));
    }
    return "";
  }

  private static @Nullable Instant time(String text) {
    try {
      if (text.length() == 10) {
        return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
      boolean zoned = text.endsWith("Z") || text.lastIndexOf('+') > 10;
      return zoned
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  private static String text(Query query, String name) {
    String text = query.text(name);
    return text == null ? "" : text;
  }
}
