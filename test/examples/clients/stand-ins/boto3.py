"""As much of boto3 as the sample needs, where boto3 itself is not installed."""

import json
import os
import urllib.request
from decimal import Decimal


class _Table:
    def __init__(self, name):
        self._name = name

    def get_item(self, *, Key, ProjectionExpression):
        typed = {name: {"S": value} for name, value in Key.items()}
        request = urllib.request.Request(
            os.environ["AWS_ENDPOINT_URL_DYNAMODB"],
            json.dumps(
                {
                    "TableName": self._name,
                    "Key": typed,
                    "ProjectionExpression": ProjectionExpression,
                }
            ).encode(),
            {
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": "DynamoDB_20120810.GetItem",
                "X-Amz-Date": "20260101T000000Z",
                "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1"
                "/dynamodb/aws4_request, SignedHeaders=host, Signature=test",
            },
        )
        with urllib.request.urlopen(request) as response:
            answer = json.load(response)
        if "Item" not in answer:
            return {}
        return {"Item": {name: _plain(value) for name, value in answer["Item"].items()}}


class _DynamoDB:
    Table = _Table


def _plain(value):
    return Decimal(value["N"]) if "N" in value else value["S"]


def resource(_service):
    return _DynamoDB
