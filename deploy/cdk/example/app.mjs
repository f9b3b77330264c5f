import { fileURLToPath } from 'node:url';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { DynamoDbCacheExtension } from 'dynamodb-cache-extension-cdk';

/** A table and two functions that read it through the cache, as in deploy/sam/template.yaml. */
const functions = fileURLToPath(new URL('../../sam/functions', import.meta.url));
const app = new App();
const stack = new Stack(app, 'DynamoDbCacheExample');

const table = new Table(stack, 'Products', {
  // cache.yaml refers to the table by name, so the name must be fixed here.
  tableName: 'dynamodb-cache-example-products',
  partitionKey: { name: 'pKey', type: AttributeType.STRING },
  sortKey: { name: 'sKey', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  removalPolicy: RemovalPolicy.DESTROY,
});

const settings = { environment: { TABLE: table.tableName }, memorySize: 256, timeout: Duration.seconds(10) };
const inNode = new LambdaFunction(stack, 'NodeFunction', {
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
  code: Code.fromAsset(functions),
  handler: 'products.handler',
  ...settings,
});
const inPython = new LambdaFunction(stack, 'PythonFunction', {
  runtime: Runtime.PYTHON_3_13,
  architecture: Architecture.ARM_64,
  code: Code.fromAsset(functions),
  handler: 'products.handler',
  ...settings,
});

const cache = new DynamoDbCacheExtension(stack, 'Cache', {
  config: `${functions}/cache.yaml`,
  layers: app.node.tryGetContext('layers'),
  // initStartup: each cold start scans the table into the cache. For a large table, set `preload: none` in cache.yaml (docs/deploy.md, "Cost").
  settings: { ttl: Duration.minutes(5), staleWhileRevalidate: Duration.seconds(30), initStartup: true },
});
cache.attachTo(inNode).attachTo(inPython);

new CfnOutput(stack, 'NodeFunctionName', { value: inNode.functionName });
new CfnOutput(stack, 'PythonFunctionName', { value: inPython.functionName });
