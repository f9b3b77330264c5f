// G: the minimal server on Go's net/http. It sends the extension's recorded responses from a map.
//
// The parent is a Node.js process. Its message channel is a socket with one JSON value per line; NODE_CHANNEL_FD names the
// file descriptor. The first message holds the responses by target. G answers with its port.
package main

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"strconv"
)

type recorded struct {
	Headers http.Header
	Body    []byte
}

func main() {
	descriptor, _ := strconv.Atoi(os.Getenv("NODE_CHANNEL_FD"))
	channel := os.NewFile(uintptr(descriptor), "channel")
	messages := json.NewDecoder(channel)
	var answers map[string]recorded
	if err := messages.Decode(&answers); err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		answer := answers[request.RequestURI]
		headers := response.Header()
		for name, values := range answer.Headers {
			headers[name] = values
		}
		response.Write(answer.Body)
	}))
	json.NewEncoder(channel).Encode(map[string]int{"port": listener.Addr().(*net.TCPAddr).Port})
	// Blocks until the parent ends and the channel closes.
	messages.Decode(new(any))
}
