"""The same as probe.mjs for other runtimes than Node.js, without the steps of SDKs."""

import http.client
import json
import os
import platform
import statistics
import time
import uuid

_port = int(os.environ.get("CACHE_EXTENSION_PORT", "4000"))
_environment = str(uuid.uuid4())
_connection = http.client.HTTPConnection("127.0.0.1", _port, timeout=8)
_invocations = 0


def _send(path, headers):
    """Sends once more if the connection was closed, as a snapshot closes all."""
    for attempt in (1, 2):
        try:
            _connection.request("GET", path, headers=headers)
            response = _connection.getresponse()
            return response, response.read().decode()
        except (http.client.HTTPException, OSError):
            _connection.close()
            if attempt == 2:
                raise


def _health():
    try:
        response, body = _send("/health", {})
        return {**json.loads(body), "status": response.status}
    except (http.client.HTTPException, OSError) as error:
        return {"failure": type(error).__name__}


# While the function is initialized: the port must be open by now.
_at_init = _health()


def _get(step):
    durations, how = [], []
    for _ in range(step.get("times", 1)):
        sent_at = time.perf_counter()
        response, body = _send(step["get"], step.get("headers", {}))
        durations.append((time.perf_counter() - sent_at) * 1000)
        how.append(f"{response.status} {response.getheader('Cache-Status', '')}")
    return {
        "status": response.status,
        "age": int(response.getheader("Age", "0")),
        "how": how,
        "medianMs": statistics.median(durations),
        "body": body,
    }


def handler(event, _context):
    global _invocations
    _invocations += 1
    before = _health()
    answers = [_get(step) for step in event["steps"]]
    return {
        "environment": _environment,
        "invocation": _invocations,
        "runtime": f"Python {platform.python_version()}",
        "initializationType": os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE", ""),
        "endpoint": os.environ.get("AWS_ENDPOINT_URL_DYNAMODB", ""),
        "atInit": _at_init,
        "before": before,
        "after": _health(),
        "answers": answers,
    }
