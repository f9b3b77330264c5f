"""A stand-in for the extension in unit tests. Python 3.10 or later, and nothing else."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit


class FakeExtension:
    """Answers `GET /dynamodb?table=…&hashKey=…&sortKey=…` with the item in `items` under
    `table/hashKey/sortKey`, or with 404 `item_not_found`. While `failure` is a status,
    answers every request with it. Serves on `port` of 127.0.0.1 until `close()`.
    """

    def __init__(self, items: dict[str, dict[str, Any]]) -> None:
        self.items = items
        self.requests: list[str] = []
        self.failure: int | None = None
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                status, answer = fake._answer(self.path)
                body = json.dumps(answer).encode()
                kind = "json" if status == 200 else "problem+json"
                self.send_response(status)
                self.send_header("Content-Type", f"application/{kind}")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keeps the output of the tests free of requests."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, path: str) -> tuple[int, dict[str, Any]]:
        query = parse_qs(urlsplit(path).query)
        names = ("table", "hashKey", "sortKey")
        key = "/".join(query[name][0] for name in names if name in query)
        self.requests.append(key)
        if self.failure is not None:
            return self.failure, {"code": "upstream_unavailable"}
        if key in self.items:
            return 200, self.items[key]
        return 404, {"code": "item_not_found"}
