"""A table and a Python function that reads it through dynamodb-cache-extension, with the CDK from Python.

The construct of deploy/cdk is for TypeScript and JavaScript. From Python, add the layer, the settings and the permissions:
    npm run layers && npm run build
    node dist/lib/bootstrap/cli.js policy deploy/sam/functions/cache.yaml > deploy/cdk-python/policy.json
    cd deploy/cdk-python && pip install aws-cdk-lib && cdk deploy --app "python3 app.py"
"""

import json
from pathlib import Path

from aws_cdk import App, Duration, Stack, aws_dynamodb as dynamodb, aws_iam as iam, aws_lambda as lambda_
from constructs import Construct

HERE = Path(__file__).parent


class CacheExample(Stack):
    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)

        # cache.yaml has this name. With `table: ${TABLE}` in cache.yaml, the name may be generated.
        table = dynamodb.Table(
            self,
            "Products",
            table_name="dynamodb-cache-example-products",
            partition_key=dynamodb.Attribute(name="pKey", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sKey", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        )
        layer = lambda_.LayerVersion(
            self,
            "Cache",
            code=lambda_.Code.from_asset(str(HERE / "../../dist/layers/standalone-arm64.zip")),
            compatible_architectures=[lambda_.Architecture.ARM_64],
        )
        # cache.yaml is next to the handlers, so it is deployed to /var/task, where the extension looks for it.
        function = lambda_.Function(
            self,
            "Function",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler="products.handler",
            memory_size=256,
            timeout=Duration.seconds(10),
            code=lambda_.Code.from_asset(str(HERE / "../sam/functions")),
            layers=[layer],
            environment={
                "TABLE": table.table_name,
                "CACHE_EXTENSION_TTL": "5m",
                "CACHE_EXTENSION_STALE_WHILE_REVALIDATE": "30s",
                # Each cold start scans the table into the cache. For a large table,
                # set `preload: none` in cache.yaml (docs/deploy.md, "Cost").
                "CACHE_EXTENSION_INIT_STARTUP": "true",
            },
        )
        policy = json.loads((HERE / "policy.json").read_text(encoding="utf-8"))
        for statement in policy["Statement"]:
            function.add_to_role_policy(iam.PolicyStatement.from_json(statement))


app = App()
CacheExample(app, "DynamoDbCacheExample")
app.synth()
