import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads items through dynamodb-cache-extension. All threads share one client. It needs only Java 11
 * or later.
 */
public final class CacheClient {

  /**
   * Longer than the extension waits for DynamoDB (CACHE_EXTENSION_TIMEOUT), because it then serves
   * stale items in an outage.
   */
  private static final long TIMEOUT_MS = 2_500;

  /**
   * How long to skip the extension after a time-out, so that many reads do not wait one after
   * another.
   */
  private static final long PAUSE_NS = SECONDS.toNanos(10);

  /** Part of the error body if DynamoDB has no such item. */
  private static final String ABSENT = "\"code\":\"item_not_found\"";

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .proxy(HttpClient.Builder.NO_PROXY)
          .build();
  private final String address;
  private final Optional<String> token;
  private volatile long pausedUntilNs = System.nanoTime();

  /** A client of the extension that the function's environment describes. */
  public CacheClient() {
    String port = variable("CACHE_EXTENSION_PORT").orElse("4000");
    this.address = "http://127.0.0.1:" + port + "/dynamodb";
    this.token = variable("CACHE_EXTENSION_TOKEN");
  }

  /**
   * Returns the item, or nothing if there is none. If the extension is absent or cannot answer, calls
   * {@code askDynamoDb} and returns its result. Throws only the exceptions of {@code askDynamoDb}.
   *
   * @param sortKey null where the table has none
   * @param parse reads the JSON of an item
   */
  public <T> Optional<T> readItem(
      String table,
      String hashKey,
      String sortKey,
      Function<String, T> parse,
      Supplier<Optional<T>> askDynamoDb) {
    try {
      HttpResponse<String> response = askExtension(table, hashKey, sortKey);
      if (response.statusCode() == 200) return Optional.of(parse.apply(response.body()));
      if (response.statusCode() == 404 && response.body().contains(ABSENT)) return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RuntimeException failure) {
      // Any failure: read from DynamoDB below.
    }
    return askDynamoDb.get();
  }

  private HttpResponse<String> askExtension(String table, String hashKey, String sortKey)
      throws ExecutionException, InterruptedException, TimeoutException {
    if (System.nanoTime() - pausedUntilNs < 0) throw new TimeoutException("skipped after a time-out");
    CompletableFuture<HttpResponse<String>> response =
        http.sendAsync(request(table, hashKey, sortKey), BodyHandlers.ofString(UTF_8));
    try {
      return response.get(TIMEOUT_MS, MILLISECONDS);
    } catch (TimeoutException hanging) {
      pausedUntilNs = System.nanoTime() + PAUSE_NS;
      throw hanging;
    } finally {
      response.cancel(true);
    }
  }

  private HttpRequest request(String table, String hashKey, String sortKey) {
    String query = "?table=" + encoded(table) + "&hashKey=" + encoded(hashKey);
    if (sortKey != null) query += "&sortKey=" + encoded(sortKey);
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + query));
    token.ifPresent(value -> request.header("X-Aws-Parameters-Secrets-Token", value));
    return request.build();
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, UTF_8);
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isEmpty());
  }
}
