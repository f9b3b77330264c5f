import os

import boto3

from cache_client import Item, read_item

_products = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def _read_product(p_key: str, s_key: str) -> Item | None:
    """The product, or None if there is none."""

    def ask_dynamodb() -> Item | None:
        return _products.get_item(
            Key={"pKey": p_key, "sKey": s_key},
            ProjectionExpression="pKey, sKey, price",
        ).get("Item")

    return read_item("Products", p_key, s_key, ask_dynamodb=ask_dynamodb)


def handler(event: dict[str, str], _context: object) -> Item | None:
    """Answers {"pKey": "p1", "sKey": "s1"} with that product, or with null."""
    return _read_product(event["pKey"], event["sKey"])
