"""Reads items through dynamodb-cache-extension. Python 3.10 or later, and nothing else."""

import http.client
import json
import os
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

Item = dict[str, Any]

# How long to wait for an answer. Longer than the extension waits for DynamoDB
# (CACHE_EXTENSION_TIMEOUT), because it then serves stale items in an outage.
TIMEOUT_S = 2.5

# How long to skip the extension after a time-out, so that many reads do not wait one
# after another.
PAUSE_S = 10.0

_PORT = int(os.environ.get("CACHE_EXTENSION_PORT") or 4000)
_TOKEN = os.environ.get("CACHE_EXTENSION_TOKEN")
_HEADERS = {"X-Aws-Parameters-Secrets-Token": _TOKEN} if _TOKEN else {}

_paused_until = 0.0


class _Kept(threading.local):
    """The connection of each thread, opened by its first request."""

    def __init__(self) -> None:
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", _PORT, timeout=TIMEOUT_S
        )


_kept = _Kept()


def read_item(
    table: str,
    hash_key: str,
    sort_key: str | None = None,
    *,
    ask_dynamodb: Callable[[], Item | None],
) -> Item | None:
    """The item, or None if there is none; numbers are Decimal, as boto3 has them.

    If the extension is absent or cannot answer, calls ask_dynamodb and returns its
    result. Raises only the exceptions of ask_dynamodb.
    """
    key = {"table": table, "hashKey": hash_key}
    if sort_key is not None:
        key["sortKey"] = sort_key
    is_answered, item = _ask_extension(key)
    return item if is_answered else ask_dynamodb()


def _ask_extension(key: dict[str, str]) -> tuple[bool, Item | None]:
    """Whether the extension answered, and the item or None."""
    global _paused_until
    if time.monotonic() < _paused_until:
        return False, None
    try:
        status, body = _get("/dynamodb?" + urlencode(key))
        if status == 200:
            return True, json.loads(body, parse_int=Decimal, parse_float=Decimal)
        if status == 404 and json.loads(body)["code"] == "item_not_found":
            return True, None
    except TimeoutError:
        _paused_until = time.monotonic() + PAUSE_S
    except Exception:  # Any failure: the caller reads from DynamoDB.
        pass
    return False, None


def _get(path: str) -> tuple[int, bytes]:
    connection = _kept.connection
    is_reused = connection.sock is not None
    try:
        connection.request("GET", path, headers=_HEADERS)
        response = connection.getresponse()
        return response.status, response.read()
    except TimeoutError:
        connection.close()
        raise
    except Exception:
        connection.close()
        # A kept connection may be dead, for example after a snapshot is restored. A new
        # one shows whether the extension still runs.
        if is_reused:
            return _get(path)
        raise
