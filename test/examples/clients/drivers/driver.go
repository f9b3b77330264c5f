// The program reads the keys that come in lines, by the client; its fall-back does without the AWS SDK.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"clients/products"
)

type product struct {
	PKey  string      `json:"pKey"`
	SKey  string      `json:"sKey"`
	Price json.Number `json:"price"`
}

func main() {
	keys := bufio.NewScanner(os.Stdin)
	for keys.Scan() {
		var pKey, sKey string
		if _, err := fmt.Sscan(keys.Text(), &pKey, &sKey); err != nil {
			panic(err)
		}
		key := products.Key{Table: "Products", HashKey: pKey, SortKey: sKey}
		item, err := products.ReadItem(context.Background(), key, func(ctx context.Context) (*product, error) {
			return askDynamoDB(ctx, pKey, sKey)
		})
		if err != nil {
			panic(err)
		}
		line, err := json.Marshal(item)
		if err != nil {
			panic(err)
		}
		fmt.Println(string(line))
	}
}

func askDynamoDB(ctx context.Context, pKey, sKey string) (*product, error) {
	type value struct{ S, N string }
	body, err := json.Marshal(map[string]any{
		"TableName": "Products",
		"Key":       map[string]any{"pKey": map[string]string{"S": pKey}, "sKey": map[string]string{"S": sKey}},
	})
	if err != nil {
		return nil, err
	}
	endpoint := os.Getenv("AWS_ENDPOINT_URL_DYNAMODB")
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	request.Header.Set("X-Amz-Target", "DynamoDB_20120810.GetItem")
	request.Header.Set("X-Amz-Date", "20260101T000000Z")
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/dynamodb/aws4_request, "+
		"SignedHeaders=host, Signature=test")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var answer struct{ Item map[string]value }
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.Item == nil {
		return nil, err
	}
	return &product{pKey, sKey, json.Number(answer.Item["price"].N)}, nil
}
