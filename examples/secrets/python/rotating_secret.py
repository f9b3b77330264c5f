"""Connects with the credentials in a secret, which the extension caches. Needs only the standard library."""

import http.client
import json
import os
import threading
import urllib.parse

PORT = int(os.environ.get("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT") or 2773)
TIMEOUT_SECONDS = 5


class _Kept(threading.local):
    """The connection of each thread, opened by its first request. It uses no proxy, because the extension
    rejects forwarded requests."""

    def __init__(self):
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=TIMEOUT_SECONDS)


_kept = _Kept()


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
    response, body = _get(f"/secretsmanager/get?{urllib.parse.urlencode(query)}")
    if response.status == 200:
        return json.loads(body)
    reason = response.headers.get("X-Error-Message") or body.decode()
    raise RuntimeError(f"the secret cannot be read: {response.status} {reason}")


def _get(path):
    connection = _kept.connection
    is_reused = connection.sock is not None
    try:
        connection.request("GET", path, headers={"X-Aws-Parameters-Secrets-Token": _token()})
        response = connection.getresponse()
        return response, response.read()
    except TimeoutError:
        connection.close()
        raise
    except (http.client.HTTPException, OSError):
        connection.close()
        # A kept connection may be dead, for example after a snapshot is restored.
        if is_reused:
            return _get(path)
        raise


def connect_with_secret(secret_id, connect, is_login_failure):
    """Returns connect(credentials). If that raises an error for which is_login_failure(error) is true, the
    secret may have been rotated: reads it again, and connects once more if it has another version."""
    secret = read_secret(secret_id)
    try:
        return connect(json.loads(secret["SecretString"]))
    except Exception as error:
        if not is_login_failure(error):
            raise
        current = read_secret(secret_id, secret["VersionId"])
        if current["VersionId"] == secret["VersionId"]:
            raise
        return connect(json.loads(current["SecretString"]))
