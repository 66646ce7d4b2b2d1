package dev.holdfast.functions.loading;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Loads the classes of one app. It prefers the app's own jars, and shows the app only the public
 * API of the host.
 *
 * <p>A class is looked for in this order: first in the Azure Functions API of the host, so that
 * both sides use the same types even when the app bundles a copy; then in the JDK; then in the app;
 * and last in the host's Gson, for apps without Gson. Resources come from the app and the JDK only.
 * The {@code bridge} package is defined again in each app so that it uses the app's Gson.
 */
public final class AppClassLoader extends URLClassLoader {

  static {
    registerAsParallelCapable();
  }

  private static final String SHARED = "com.microsoft.azure.functions.";
  private static final String BRIDGE = "dev.holdfast.functions.bridge.";
  private static final String DOOR = BRIDGE + "grpc.LocalDoor";
  private static final String CHANNELS = "META-INF/services/io.grpc.ManagedChannelProvider";
  private static final String GSON = "com.google.gson.";

  /**
   * This resource lists the provider as a service file does, under a name that the host's own gRPC
   * does not read.
   */
  private static final String DOOR_PROVIDERS = "dev/holdfast/functions/bridge/grpc/providers";

  private static final Map<String, ClassLoader> JDK_PACKAGES = jdkPackages();

  private final ClassLoader host = AppClassLoader.class.getClassLoader();
  private final boolean appHasGson;
  private volatile boolean hasDoor;

  public AppClassLoader(String name, List<Path> classPath) {
    super(name, urls(classPath), ClassLoader.getPlatformClassLoader());
    appHasGson = findResource("com/google/gson/Gson.class") != null;
  }

  /**
   * Lets the channels that the app's gRPC makes to this port of this machine send the secret as a
   * bearer token. The method must be called before the app makes a channel.
   */
  public void openDoor(IntSupplier port, String secret) {
    try {
      Class.forName(DOOR, true, this)
          .getMethod("open", IntSupplier.class, String.class)
          .invoke(null, port, secret);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the door is not as expected", e);
    }
    hasDoor = true;
  }

  private static URL[] urls(List<Path> classPath) {
    return classPath.stream()
        .map(
            path -> {
              try {
                return path.toUri().toURL();
              } catch (MalformedURLException e) {
                throw new IllegalArgumentException("no URL for " + path, e);
              }
            })
        .toArray(URL[]::new);
  }

  // Some JDK modules (compiler, attach, …) belong to the system loader, which also has the host's
  // jars; a lookup by package reaches those modules without exposing the jars.
  private static Map<String, ClassLoader> jdkPackages() {
    Map<String, ClassLoader> packages = new HashMap<>();
    for (Module module : ModuleLayer.boot().modules()) {
      if (module.getName().startsWith("java.") || module.getName().startsWith("jdk.")) {
        ClassLoader loader = module.getClassLoader();
        module
            .getPackages()
            .forEach(p -> packages.put(p, loader == null ? getPlatformClassLoader() : loader));
      }
    }
    return Map.copyOf(packages);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> type = findLoadedClass(name);
      if (type == null) {
        type = name.startsWith(SHARED) ? orNull(host, name) : null;
      }
      if (type == null) {
        ClassLoader jdk = JDK_PACKAGES.get(packageOf(name));
        type = jdk == null ? null : orNull(jdk, name);
      }
      if (type == null) {
        type = findClass(name);
      }
      if (resolve) {
        resolveClass(type);
      }
      return type;
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (name.startsWith(BRIDGE) || (name.startsWith(GSON) && !appHasGson)) {
      return defineFromHost(name);
    }
    return super.findClass(name);
  }

  private Class<?> defineFromHost(String name) throws ClassNotFoundException {
    try (InputStream in = host.getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private static @Nullable Class<?> orNull(ClassLoader loader, String name) {
    try {
      return loader.loadClass(name);
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  private static String packageOf(String name) {
    int end = name.lastIndexOf('.');
    return end < 0 ? "" : name.substring(0, end);
  }

  @Override
  public @Nullable URL getResource(String name) {
    URL own = findResource(name);
    return own != null ? own : getPlatformClassLoader().getResource(name);
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    List<URL> all = new ArrayList<>(Collections.list(findResources(name)));
    URL door = hasDoor && name.equals(CHANNELS) ? host.getResource(DOOR_PROVIDERS) : null;
    if (door != null) {
      all.add(door);
    }
    all.addAll(Collections.list(getPlatformClassLoader().getResources(name)));
    return Collections.enumeration(all);
  }
}
