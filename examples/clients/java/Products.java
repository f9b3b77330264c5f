import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.enhanced.dynamodb.document.EnhancedDocument;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;

/** Products, from the extension or from DynamoDB itself. */
public final class Products {

  private final CacheClient cache = new CacheClient();
  private final DynamoDbClient dynamoDb = DynamoDbClient.create();

  /** The product, or nothing if there is none; its {@code getNumber("price")} has every digit. */
  public Optional<EnhancedDocument> read(String pKey, String sKey) {
    return cache.readItem(
        "Products", pKey, sKey, EnhancedDocument::fromJson, () -> askDynamoDb(pKey, sKey));
  }

  private Optional<EnhancedDocument> askDynamoDb(String pKey, String sKey) {
    Map<String, AttributeValue> key =
        Map.of("pKey", AttributeValue.fromS(pKey), "sKey", AttributeValue.fromS(sKey));
    GetItemResponse answer =
        dynamoDb.getItem(
            get -> get.tableName("Products").key(key).projectionExpression("pKey, sKey, price"));
    if (!answer.hasItem()) return Optional.empty();
    // JSON has arrays for sets and base64 for binary values, as the extension does.
    String json = EnhancedDocument.fromAttributeValueMap(answer.item()).toJson();
    return Optional.of(EnhancedDocument.fromJson(json));
  }
}
