package dev.holdfast.functions.bridge.grpc;

import io.grpc.ManagedChannelBuilder;
import io.grpc.ManagedChannelProvider;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes channels in the same way as the app's own gRPC, and adds the host's secret to channels that
 * lead to this host's gRPC service. gRPC finds this provider as a Java service and prefers it to
 * the others.
 *
 * <p>The released client library calls {@code ManagedChannelBuilder.forAddress("localhost", port)}
 * and accepts only a port, so this is the only place where the secret can be added.
 */
public final class DoorProvider extends ManagedChannelProvider {
  private static final int FIRST = 10;

  private @Nullable ManagedChannelProvider next;

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return FIRST;
  }

  @Override
  protected ManagedChannelBuilder<?> builderForAddress(String name, int port) {
    ManagedChannelBuilder<?> builder =
        (ManagedChannelBuilder<?>)
            call(next(), "builderForAddress", new Class<?>[] {String.class, int.class}, name, port);
    String secret = LocalDoor.secretFor(name, port);
    return secret == null ? builder : builder.intercept(new Presenting(secret));
  }

  @Override
  protected ManagedChannelBuilder<?> builderForTarget(String target) {
    ManagedChannelBuilder<?> builder =
        (ManagedChannelBuilder<?>)
            call(next(), "builderForTarget", new Class<?>[] {String.class}, target);
    String address = target.replaceFirst("^dns:(///)?", "");
    int colon = address.lastIndexOf(':');
    String secret =
        colon > 0 && address.substring(colon + 1).matches("\\d{1,5}")
            ? LocalDoor.secretFor(
                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))
            : null;
    return secret == null ? builder : builder.intercept(new Presenting(secret));
  }

  @Override
  protected Collection<Class<? extends SocketAddress>> getSupportedSocketAddressTypes() {
    return Set.of(InetSocketAddress.class);
  }

  /** Returns the provider that gRPC would use without this one. */
  private synchronized ManagedChannelProvider next() {
    if (next == null) {
      int highest = Integer.MIN_VALUE;
      for (ManagedChannelProvider other :
          ServiceLoader.load(
              ManagedChannelProvider.class, ManagedChannelProvider.class.getClassLoader())) {
        if (other instanceof DoorProvider || !(boolean) call(other, "isAvailable", NONE)) {
          continue;
        }
        int priority = (int) call(other, "priority", NONE);
        if (priority > highest) {
          highest = priority;
          next = other;
        }
      }
      if (next == null) {
        throw new IllegalStateException(
            "The app has no transport for gRPC: add grpc-netty or grpc-netty-shaded to it.");
      }
    }
    return next;
  }

  private static final Class<?>[] NONE = {};

  /**
   * Calls a method of another provider by reflection, because those methods are visible only in
   * gRPC's own package.
   */
  private static Object call(
      ManagedChannelProvider provider, String name, Class<?>[] types, Object... arguments) {
    try {
      Method method = method(provider.getClass(), name, types);
      method.setAccessible(true);
      return method.invoke(provider, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IllegalStateException(name + " of " + provider.getClass() + " failed", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("expected " + name + " in " + provider.getClass(), e);
    }
  }

  private static Method method(Class<?> type, String name, Class<?>[] types)
      throws NoSuchMethodException {
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      for (Method method : at.getDeclaredMethods()) {
        if (method.getName().equals(name)
            && java.util.Arrays.equals(method.getParameterTypes(), types)) {
          return method;
        }
      }
    }
    throw new NoSuchMethodException(name);
  }
}
