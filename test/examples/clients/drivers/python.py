import json
import sys
from decimal import Decimal

from products import read_product


def shown(item):
    """The item as JSON; the encoder knows no Decimal."""
    assert isinstance(item["price"], Decimal)
    rest = {name: value for name, value in item.items() if name != "price"}
    return json.dumps(rest)[:-1] + f', "price": {item["price"]}' + "}"


for line in sys.stdin:
    p_key, s_key = line.split()
    item = read_product(p_key, s_key)
    print("null" if item is None else shown(item), flush=True)
