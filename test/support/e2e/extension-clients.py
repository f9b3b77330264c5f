"""Reads values as Python functions do from AWS's Parameters and Secrets extension; prints them as a JSON object."""
import http.client
import json
import os
import urllib.error
import urllib.parse
import urllib.request

PORT = os.environ["PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"]
TOKEN = os.environ["AWS_SESSION_TOKEN"]
BASE = f"http://localhost:{PORT}"
PARAMETER_ARN = "arn:aws:ssm:eu-west-1:123456789012:parameter/app/host"


def with_urllib(path):
    request = urllib.request.Request(BASE + path)
    request.add_header("X-Aws-Parameters-Secrets-Token", TOKEN)
    try:
        return json.loads(urllib.request.urlopen(request).read())
    except urllib.error.HTTPError as error:
        return [error.code, error.read().decode()]


def like_requests(path, params):
    """The bytes of the requests library: form encoding, and its headers."""
    connection = http.client.HTTPConnection("localhost", int(PORT))
    headers = {
        "User-Agent": "python-requests/2.32.3",
        "Accept-Encoding": "gzip, deflate",
        "Accept": "*/*",
        "Connection": "keep-alive",
        "X-Aws-Parameters-Secrets-Token": TOKEN,
    }
    connection.request("GET", f"{path}?{urllib.parse.urlencode(params)}", headers=headers)
    return json.loads(connection.getresponse().read())


get = "/systemsmanager/parameters/get"
print(json.dumps({
    "raw": with_urllib(f"{get}/?name=/app/host")["Parameter"]["Value"],
    "quoted": with_urllib(f"{get}?name={urllib.parse.quote(PARAMETER_ARN)}")["Parameter"]["Value"],
    "fully quoted": with_urllib(f"{get}?name={urllib.parse.quote('/app/host', safe='')}")["Parameter"]["Value"],
    "raw ARN": with_urllib(f"{get}?name={PARAMETER_ARN}")["Parameter"]["Value"],
    "form": like_requests(f"{get}/", {"name": "/app/key", "withDecryption": "true"})["Parameter"]["Value"],
    "ciphertext": like_requests(get, {"name": "/app/key"})["Parameter"]["Value"][:6],
    "secret": json.loads(with_urllib("/secretsmanager/get?secretId=prod/db")["SecretString"])["user"],
    "missing": with_urllib(f"{get}?name=/app/none"),
}))
