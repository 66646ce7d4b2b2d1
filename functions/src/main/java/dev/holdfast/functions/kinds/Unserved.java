package dev.holdfast.functions.kinds;

import java.util.List;
import java.util.Set;

/**
 * Lists the types of the Azure Functions Java library that this host recognises and does not serve:
 * their annotations are read, so that the app loads and the host can report which functions do not
 * run.
 */
final class Unserved {

  private Unserved() {}

  /** Represents a type of trigger whose events this host does not receive. */
  private record Trigger(
      String type, Set<String> annotations, Set<String> alwaysWritten, boolean usesStorageAccount)
      implements TriggerKind {
    @Override
    public boolean isServed() {
      return false;
    }
  }

  /** Represents a type of input or output that this host neither fills nor sends. */
  private record Binding(String type, Set<String> annotations, boolean usesStorageAccount)
      implements BindingKind {}

  static List<BindingKind> kinds() {
    return List.of(
        stored("blobTrigger", "BlobTrigger"),
        trigger("cosmosDBTrigger", "CosmosDBTrigger"),
        trigger("eventGridTrigger", "EventGridTrigger"),
        new Trigger("eventHubTrigger", Set.of("EventHubTrigger"), Set.of("cardinality"), false),
        trigger("kafkaTrigger", "KafkaTrigger"),
        trigger("mcpToolTrigger", "McpToolTrigger"),
        stored("queueTrigger", "QueueTrigger"),
        trigger("serviceBusTrigger", "ServiceBusQueueTrigger", "ServiceBusTopicTrigger"),
        trigger("timerTrigger", "TimerTrigger"),
        trigger("warmupTrigger", "WarmupTrigger"),
        new Binding("blob", Set.of("BlobInput", "BlobOutput"), true),
        new Binding("cosmosDB", Set.of("CosmosDBInput", "CosmosDBOutput"), false),
        new Binding("eventGrid", Set.of("EventGridOutput"), false),
        new Binding("eventHub", Set.of("EventHubOutput"), false),
        new Binding("kafka", Set.of("KafkaOutput"), false),
        new Binding("queue", Set.of("QueueOutput"), true),
        new Binding("sendGrid", Set.of("SendGridOutput"), false),
        new Binding("serviceBus", Set.of("ServiceBusQueueOutput", "ServiceBusTopicOutput"), false),
        new Binding("table", Set.of("TableInput", "TableOutput"), true),
        new Binding("twilioSms", Set.of("TwilioSmsOutput"), false));
  }

  private static Trigger trigger(String type, String... annotations) {
    return new Trigger(type, Set.of(annotations), Set.of(), false);
  }

  private static Trigger stored(String type, String annotation) {
    return new Trigger(type, Set.of(annotation), Set.of(), true);
  }
}
