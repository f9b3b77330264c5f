import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/**
 * Code as it was written for AWS's extensions: nothing in it is about dynamodb-cache-extension. The
 * folder of its classes is the code of a Lambda function.
 */
public final class ReadValues {

  private static final String TOKEN_HEADER = "X-Aws-Parameters-Secrets-Token";

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .proxy(HttpClient.Builder.NO_PROXY)
          .build();
  private final String values =
      "http://localhost:" + variable("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "2773");
  private final String configurations =
      "http://localhost:" + variable("AWS_APPCONFIG_EXTENSION_HTTP_PORT", "2772");

  /** Answers with the lengths of the parameter's and the secret's answers, and the flags. */
  public Map<String, Object> handle(Map<String, Object> event)
      throws IOException, InterruptedException {
    String name = URLEncoder.encode(System.getenv("PARAMETER"), UTF_8);
    String id = URLEncoder.encode(System.getenv("SECRET"), UTF_8);
    String parameter = read(values + "/systemsmanager/parameters/get?name=" + name);
    String secret = read(values + "/secretsmanager/get?secretId=" + id);
    String flags = read(configurations + System.getenv("CONFIGURATION"));
    return Map.of("parameter", parameter.length(), "secret", secret.length(), "flags", flags);
  }

  private String read(String url) throws IOException, InterruptedException {
    // Under SnapStart, only the second variable is set.
    String token = variable("AWS_SESSION_TOKEN", variable("AWS_CONTAINER_AUTHORIZATION_TOKEN", ""));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).header(TOKEN_HEADER, token).build();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString(UTF_8));
    if (response.statusCode() == 200) return response.body();
    throw new IOException(response.statusCode() + " " + response.body());
  }

  private static String variable(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isEmpty() ? otherwise : value;
  }
}
