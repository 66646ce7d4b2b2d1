package dev.holdfast.check.corpus;

import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.durabletask.*;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import com.microsoft.durabletask.interruption.*;
import dev.holdfast.orchestrations.*;
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.nio.file.*;
import java.time.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.concurrent.locks.*;
import java.util.function.*;
import java.util.stream.*;

/** Holds what the pieces of the corpus call. Activities may do what orchestrators may not. */
@SuppressWarnings("all")
public class Activities {

  @FunctionName("Pay")
  public String payActivity(@DurableActivityTrigger(name = "n") int n) {
    return "paid at " + Instant.now();
  }

  @FunctionName("Note")
  public void note(@DurableActivityTrigger(name = "text") String text) {
    System.out.println(text);
  }

  @FunctionName("List")
  public List<String> list(@DurableActivityTrigger(name = "text") String text) {
    return List.of(text);
  }

  @FunctionName("Child")
  public String child(@DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    return "x";
  }
}
