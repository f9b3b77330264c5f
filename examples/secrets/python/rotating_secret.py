"""Connects with the credentials in a secret, which the extension caches. Needs only the standard library."""

import json
import os
import urllib.error
import urllib.parse
import urllib.request

PORT = os.environ.get("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT") or "2773"
TIMEOUT_SECONDS = 5

# Without this, HTTP_PROXY would apply, and the extension rejects forwarded requests.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _token():
    """Under SnapStart, only the second variable is set."""
    return os.environ.get("AWS_SESSION_TOKEN") or os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN") or ""


def read_secret(secret_id, failed_version=None):
    """Reads a secret: a dict with SecretString and VersionId.

    With failed_version, the secret is read from AWS, unless a version other than this one is cached.
    """
    query = {"secretId": secret_id}
    if failed_version is not None:
        query |= {"refreshNow": "true", "unlessVersion": failed_version}
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/secretsmanager/get?{urllib.parse.urlencode(query)}",
        headers={"X-Aws-Parameters-Secrets-Token": _token()},
    )
    try:
        with _direct.open(request, timeout=TIMEOUT_SECONDS) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        reason = error.headers.get("X-Error-Message") or error.read().decode()
        raise RuntimeError(f"the secret cannot be read: {error.code} {reason}") from None


def connect_with_secret(secret_id, connect, login_failure):
    """Returns connect(credentials). If that raises login_failure, the secret may have been rotated: reads it
    again, and connects once more if it has another version."""
    secret = read_secret(secret_id)
    try:
        return connect(json.loads(secret["SecretString"]))
    except login_failure:
        current = read_secret(secret_id, secret["VersionId"])
        if current["VersionId"] == secret["VersionId"]:
            raise
        return connect(json.loads(current["SecretString"]))
