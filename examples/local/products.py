from collections.abc import Callable
from decimal import Decimal

from cache_client import Item, read_item


def read_price(
    event: dict[str, str], ask_dynamodb: Callable[[dict[str, str]], Item | None]
) -> Decimal | None:
    """The price of the product {"pKey": "p1", "sKey": "s1"}, or None.

    Takes the fall-back as a parameter, so that tests need no DynamoDB.
    """
    product = read_item(
        "Products",
        event["pKey"],
        event["sKey"],
        ask_dynamodb=lambda: ask_dynamodb(event),
    )
    return product.get("price") if product else None
