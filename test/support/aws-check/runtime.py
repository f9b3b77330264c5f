"""The runtime of a Python function as a process of its own: loads the file of the handler, and serves the Runtime API."""

import importlib.util
import json
import os
import sys
import urllib.request

spec = importlib.util.spec_from_file_location("probe", sys.argv[1])
probe = importlib.util.module_from_spec(spec)
spec.loader.exec_module(probe)
invocation = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"

while True:
    with urllib.request.urlopen(f"{invocation}/next") as response:
        request_id = response.headers["lambda-runtime-aws-request-id"]
        event = json.load(response)
    try:
        path, answer = "response", probe.handler(event, None)
    except Exception as error:
        path, answer = "error", {"errorType": type(error).__name__, "errorMessage": str(error)}
    body = json.dumps(answer).encode()
    urllib.request.urlopen(f"{invocation}/{request_id}/{path}", data=body).close()
