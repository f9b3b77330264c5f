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
	// Longer than the extension waits for DynamoDB (CACHE_EXTENSION_TIMEOUT), because it then serves stale items in an outage.
	timeout = 2500 * time.Millisecond
	// How long to skip the extension after a time-out, so that many reads do not wait one after another.
	pause = 10 * time.Second
)

var (
	address = "http://127.0.0.1:" + port() + "/dynamodb?"
	token   = os.Getenv("CACHE_EXTENSION_TOKEN")
	// This Transport uses no proxy, and keeps idle connections open, as the extension does.
	client = &http.Client{Transport: &http.Transport{MaxConnsPerHost: 50, MaxIdleConnsPerHost: 50}}
	// In milliseconds since 1970.
	pausedUntil atomic.Int64
)

// Key names an item. SortKey is empty where the table has none.
type Key struct{ Table, HashKey, SortKey string }

// ReadItem returns the item, or nil if there is none. Numbers keep every digit if T holds them as json.Number.
// If the extension is absent or cannot answer, it calls askDynamoDB and returns its result. It returns no other errors.
func ReadItem[T any](ctx context.Context, key Key, askDynamoDB func(context.Context) (*T, error)) (*T, error) {
	if item, ok := askExtension[T](ctx, key); ok {
		return item, nil
	}
	return askDynamoDB(ctx)
}

// askExtension returns the item, or nil if there is none, and whether the extension answered.
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
