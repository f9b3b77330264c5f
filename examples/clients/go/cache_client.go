// Package products reads products through dynamodb-cache-extension.
package products

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"time"
)

const (
	// Longer than the extension waits for DynamoDB (CACHE_EXTENSION_TIMEOUT): in an outage it then answers what it has.
	timeout = 2500 * time.Millisecond
	// How long the extension is left alone after a time-out, so that many reads do not wait one after another.
	pause = 10 * time.Second
)

var (
	address = "http://127.0.0.1:" + port() + "/dynamodb?"
	token   = os.Getenv("CACHE_EXTENSION_TOKEN")
	// A Transport of its own asks no proxy, and keeps connections for as long as the extension does.
	client = &http.Client{Transport: &http.Transport{MaxConnsPerHost: 50, MaxIdleConnsPerHost: 50}}
	// In milliseconds since 1970.
	pausedUntil atomic.Int64
)

// Key names an item. SortKey is empty where the table has none.
type Key struct{ Table, HashKey, SortKey string }

// ReadItem returns the item, or nil if there is none; numbers keep every digit where T holds them as json.Number.
// Where the extension is absent or cannot answer, the result is that of askDynamoDB; there is no error but that.
func ReadItem[T any](ctx context.Context, key Key, askDynamoDB func(context.Context) (*T, error)) (*T, error) {
	if item, ok := askExtension[T](ctx, key); ok {
		return item, nil
	}
	return askDynamoDB(ctx)
}

// askExtension returns the item, or nil if there is none, and whether there was an answer at all.
func askExtension[T any](ctx context.Context, key Key) (*T, bool) {
	if time.Now().UnixMilli() < pausedUntil.Load() {
		return nil, false
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	item, ok := get[T](limited, key)
	if !ok && limited.Err() != nil && ctx.Err() == nil {
		pausedUntil.Store(time.Now().Add(pause).UnixMilli())
	}
	return item, ok
}

func get[T any](ctx context.Context, key Key) (*T, bool) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+query(key), nil)
	if err != nil {
		return nil, false
	}
	if token != "" {
		request.Header.Set("X-Aws-Parameters-Secrets-Token", token)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, false
	}
	defer response.Body.Close()

	answer := json.NewDecoder(response.Body)
	answer.UseNumber()
	switch response.StatusCode {
	case http.StatusOK:
		item := new(T)
		return item, answer.Decode(item) == nil
	case http.StatusNotFound:
		var problem struct{ Code string }
		return nil, answer.Decode(&problem) == nil && problem.Code == "item_not_found"
	default:
		return nil, false
	}
}

func query(key Key) string {
	values := url.Values{"table": {key.Table}, "hashKey": {key.HashKey}}
	if key.SortKey != "" {
		values.Set("sortKey", key.SortKey)
	}
	return values.Encode()
}

func port() string {
	if port := os.Getenv("CACHE_EXTENSION_PORT"); port != "" {
		return port
	}
	return "4000"
}
