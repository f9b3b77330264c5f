package products

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Product is an item of the table Products, in the extension's JSON and in the attributes of the AWS SDK.
type Product struct {
	PKey  string      `json:"pKey" dynamodbav:"pKey"`
	SKey  string      `json:"sKey" dynamodbav:"sKey"`
	Price json.Number `json:"price" dynamodbav:"price"`
}

// ReadProduct returns the product, or nil if there is none.
func ReadProduct(ctx context.Context, db *dynamodb.Client, pKey, sKey string) (*Product, error) {
	return ReadItem(ctx, Key{"Products", pKey, sKey}, func(ctx context.Context) (*Product, error) {
		answer, err := db.GetItem(ctx, &dynamodb.GetItemInput{
			TableName: aws.String("Products"),
			Key: map[string]types.AttributeValue{
				"pKey": &types.AttributeValueMemberS{Value: pKey},
				"sKey": &types.AttributeValueMemberS{Value: sKey},
			},
		})
		if err != nil || answer.Item == nil {
			return nil, err
		}
		product := new(Product)
		return product, attributevalue.UnmarshalMap(answer.Item, product)
	})
}
