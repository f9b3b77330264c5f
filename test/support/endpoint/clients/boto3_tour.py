"""Takes a tour with boto3: python3 boto3_tour.py < steps.json > results.json

Where the services are, AWS_ENDPOINT_URL_DYNAMODB and its like say; to versions that do not know them yet it is told."""

import base64
import functools
import json
import os
import sys

import boto3
import botocore
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

KNOWS_VARIABLES = tuple(int(part) for part in botocore.__version__.split(".")[:2]) >= (1, 31)
VARIABLES = {"dynamodb": "DYNAMODB", "ssm": "SSM", "secretsmanager": "SECRETS_MANAGER"}


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


def result_of(step):
    client, name, given = client_of(step["service"]), xform_name(step["operation"]), with_bytes(step["input"])
    if not hasattr(client, name):
        return {"unknown": name}
    try:
        if "pageSize" not in step:
            return getattr(client, name)(**given)
        paging = {"PageSize": step["pageSize"]}
        return {"pages": list(client.get_paginator(name).paginate(**given, PaginationConfig=paging))}
    except ClientError as error:
        return {"error": {"name": type(error).__name__, "message": str(error), **error.response}}
    except BotoCoreError as error:
        return {"error": {"name": type(error).__name__, "message": str(error)}}


@functools.lru_cache
def client_of(service):
    told = {} if KNOWS_VARIABLES else {"endpoint_url": os.environ["AWS_ENDPOINT_URL_" + VARIABLES[service]]}
    return boto3.client(service, config=Config(retries={"total_max_attempts": 1}), **told)


results = [result_of(step) for step in json.load(sys.stdin)]
json.dump(results, sys.stdout, default=shown)
