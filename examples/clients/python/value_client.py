"""Reads parameters and secrets through dynamodb-cache-extension. Python 3.10 or later; only the fall-back needs boto3."""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

# How long to wait for an answer. Longer than the extension waits for AWS
# (CACHE_EXTENSION_TIMEOUT), because it then serves stale values in an outage.
TIMEOUT_S = 2.5

# How long to skip the extension after a time-out.
PAUSE_S = 10.0

_TOKEN_VARIABLES = (
    "CACHE_EXTENSION_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",  # under SnapStart
)

# The extension rejects requests of a proxy.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_paused_until = 0.0


class ValueNotFound(LookupError):
    """The parameter, the secret or the member of its JSON does not exist."""


def read_parameter(name: str) -> str:
    """The value of a parameter, decrypted.

    If the extension is absent or cannot answer, reads from Parameter Store.
    """
    value = _ask_extension("/parameters", {"name": name})
    return _ask_parameter_store(name) if value is None else value


def read_secret(secret_id: str, json_key: str | None = None) -> str:
    """The text of a secret, or one member of the JSON object in it.

    A member that is no string is returned as JSON. If the extension is absent or cannot
    answer, reads from Secrets Manager.
    """
    query = {"id": secret_id} if json_key is None else {"id": secret_id, "jsonKey": json_key}
    value = _ask_extension("/secrets", query)
    return _ask_secrets_manager(secret_id, json_key) if value is None else value


def _ask_extension(path: str, query: dict[str, str]) -> str | None:
    """The value, or None if the extension did not answer."""
    global _paused_until
    if time.monotonic() < _paused_until:
        return None
    port = os.environ.get("CACHE_EXTENSION_PORT") or 4000
    tokens = (os.environ.get(name) for name in _TOKEN_VARIABLES)
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}?{urllib.parse.urlencode(query)}",
        headers={"X-Aws-Parameters-Secrets-Token": next(filter(None, tokens), "")},
    )
    try:
        with _direct.open(request, timeout=TIMEOUT_S) as response:
            return response.read().decode()
    except urllib.error.HTTPError as error:
        code = _code_of(error)
        if code in ("item_not_found", "json_key_not_found"):
            raise ValueNotFound(code) from None
        print(f"the extension cannot answer: {error.code} {code}")
    except TimeoutError:
        _paused_until = time.monotonic() + PAUSE_S
    except Exception:  # Refused or broken: the extension is absent or did not start.
        pass
    return None


def _code_of(error: urllib.error.HTTPError) -> str | None:
    try:
        return json.loads(error.read())["code"]
    except Exception:
        return None


# boto3 is imported here, because a start without a fall-back need not load it.


def _ask_parameter_store(name: str) -> str:
    import boto3

    ssm = boto3.client("ssm")
    try:
        return ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound as error:
        raise ValueNotFound(str(error)) from None


def _ask_secrets_manager(secret_id: str, json_key: str | None) -> str:
    import boto3

    secrets = boto3.client("secretsmanager")
    try:
        text = secrets.get_secret_value(SecretId=secret_id)["SecretString"]
    except secrets.exceptions.ResourceNotFoundException as error:
        raise ValueNotFound(str(error)) from None
    if json_key is None:
        return text
    members = json.loads(text)
    if json_key not in members:
        raise ValueNotFound("json_key_not_found")
    member = members[json_key]
    return member if isinstance(member, str) else json.dumps(member)
