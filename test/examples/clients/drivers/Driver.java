import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the keys that come in lines, by the client; its fall-back does without the AWS SDK. */
public final class Driver {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Pattern PRICE = Pattern.compile("\"price\":\\{\"N\":\"([^\"]+)\"}");

  public static void main(String[] arguments) throws IOException {
    CacheClient client = new CacheClient();
    BufferedReader keys =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream items = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = keys.readLine(); line != null; line = keys.readLine()) {
      String[] key = line.split(" ");
      items.println(
          client
              .readItem(
                  "Products", key[0], key[1], Driver::whole, () -> askDynamoDb(key[0], key[1]))
              .orElse("null"));
    }
  }

  /** Stands in for a parser. */
  private static String whole(String json) {
    if (json.endsWith("}")) return json;
    throw new IllegalArgumentException("the JSON breaks off");
  }

  private static Optional<String> askDynamoDb(String pKey, String sKey) {
    String typedKey =
        String.format("{\"pKey\":{\"S\":\"%s\"},\"sKey\":{\"S\":\"%s\"}}", pKey, sKey);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(System.getenv("AWS_ENDPOINT_URL_DYNAMODB")))
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Target", "DynamoDB_20120810.GetItem")
            .header("X-Amz-Date", "20260101T000000Z")
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/dynamodb/aws4_request,"
                    + " SignedHeaders=host, Signature=test")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    String.format("{\"TableName\":\"Products\",\"Key\":%s}", typedKey)))
            .build();
    try {
      Matcher price = PRICE.matcher(HTTP.send(request, BodyHandlers.ofString()).body());
      if (!price.find()) return Optional.empty();
      return Optional.of(
          String.format(
              "{\"pKey\":\"%s\",\"sKey\":\"%s\",\"price\":%s}", pKey, sKey, price.group(1)));
    } catch (IOException | InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
