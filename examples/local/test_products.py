"""Unit tests of a function, without the extension and without DynamoDB:
python3 examples/local/test_products.py
"""

import os
import sys
import unittest
from decimal import Decimal
from pathlib import Path

from fake_extension import FakeExtension

extension = FakeExtension(
    {"Products/p1/s1": {"pKey": "p1", "sKey": "s1", "price": 12.5}}
)
unittest.addModuleCleanup(extension.close)

# The client reads the port when it is imported.
os.environ["CACHE_EXTENSION_PORT"] = str(extension.port)
# In your project, cache_client.py is beside your code, and this line is not needed.
sys.path.append(str(Path(__file__).parents[1] / "clients/python"))

from products import read_price  # noqa: E402


def never_asked(_event: dict[str, str]) -> None:
    raise AssertionError("DynamoDB was asked")


class ReadPrice(unittest.TestCase):
    def setUp(self) -> None:
        extension.requests.clear()
        extension.failure = None

    def test_reads_the_product_through_the_extension(self) -> None:
        event = {"pKey": "p1", "sKey": "s1"}

        self.assertEqual(read_price(event, never_asked), Decimal("12.5"))
        self.assertEqual(extension.requests, ["Products/p1/s1"])

    def test_returns_none_for_a_product_that_does_not_exist(self) -> None:
        self.assertIsNone(read_price({"pKey": "p1", "sKey": "s2"}, never_asked))

    def test_falls_back_to_dynamodb_if_the_extension_fails(self) -> None:
        extension.failure = 503

        price = read_price({"pKey": "p1", "sKey": "s1"}, lambda _: {"price": Decimal(7)})

        self.assertEqual(price, Decimal(7))
        self.assertEqual(extension.requests, ["Products/p1/s1"])


if __name__ == "__main__":
    unittest.main()
