"""Takes a tour with boto3: python3 boto3_tour.py < steps.json > results.json

Where DynamoDB is, AWS_ENDPOINT_URL_DYNAMODB says; to versions that do not know it yet it is told."""

import base64
import json
import os
import sys

import boto3
import botocore
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

KNOWS_VARIABLE = tuple(int(part) for part in botocore.__version__.split(".")[:2]) >= (1, 31)


def with_bytes(value):
    if isinstance(value, list):
        return [with_bytes(member) for member in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base64.b64decode(member) if name == "B" and isinstance(member, str) else with_bytes(member)
        for name, member in value.items()
    }


def shown(value):
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else str(value)


def result_of(client, operation, given):
    try:
        return getattr(client, xform_name(operation))(**with_bytes(given))
    except ClientError as error:
        return {"error": {"name": type(error).__name__, "message": str(error), **error.response}}
    except BotoCoreError as error:
        return {"error": {"name": type(error).__name__, "message": str(error)}}


told = {} if KNOWS_VARIABLE else {"endpoint_url": os.environ["AWS_ENDPOINT_URL_DYNAMODB"]}
client = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1}), **told)
results = [result_of(client, step["operation"], step["input"]) for step in json.load(sys.stdin)]
json.dump(results, sys.stdout, default=shown)
