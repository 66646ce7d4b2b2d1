package app;

import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.azure.functions.internal.spi.middleware.Middleware;
import com.microsoft.azure.functions.internal.spi.middleware.MiddlewareChain;
import com.microsoft.azure.functions.internal.spi.middleware.MiddlewareContext;
import com.microsoft.azure.functions.spi.inject.FunctionInstanceInjector;
import java.util.Optional;

public class SpiApp {

  private final String made;

  public SpiApp(String made) {
    this.made = made;
  }

  @FunctionName("Made")
  public String made(@HttpTrigger(name = "req") HttpRequestMessage<Optional<String>> request) {
    return made;
  }

  @FunctionName("Fails")
  public String fails(@HttpTrigger(name = "req") HttpRequestMessage<Optional<String>> request) {
    throw new IllegalStateException("inside");
  }

  @FunctionName("Replaced")
  public String replaced(@HttpTrigger(name = "req") String text) {
    return text;
  }

  public static class Injector implements FunctionInstanceInjector {
    @Override
    public <T> T getInstance(Class<T> type) throws Exception {
      return type.getConstructor(String.class).newInstance("by injector");
    }
  }

  public static class Second implements FunctionInstanceInjector {
    @Override
    public <T> T getInstance(Class<T> type) {
      return null;
    }
  }

  /** Tells what it sees through the return value. */
  public static class Outer implements Middleware {
    @Override
    public void invoke(MiddlewareContext context, MiddlewareChain chain) throws Exception {
      try {
        if (context.getFunctionName().equals("Replaced")) {
          context.updateParameterValue(context.getParameterName("HttpTrigger"), "other text");
        }
        chain.doNext(context);
        context.updateReturnValue("outer(" + context.getReturnValue() + ")");
      } catch (Exception e) {
        context.updateReturnValue(
            "outer caught "
                + (e instanceof java.lang.reflect.InvocationTargetException)
                + " "
                + e.getCause().getClass().getSimpleName()
                + " "
                + e.getCause().getCause());
      }
    }
  }

  public static class Inner implements Middleware {
    @Override
    public void invoke(MiddlewareContext context, MiddlewareChain chain) throws Exception {
      chain.doNext(context);
      context.updateReturnValue(
          "inner("
              + context.getReturnValue()
              + ","
              + context.getParameterName("NoSuchAnnotation")
              + ","
              + context.getParameterValue("req")
              + ")");
    }
  }
}
