import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

/*
 * A table and a Node.js function that reads it through dynamodb-cache-extension.
 *   npm run layers && cd deploy/pulumi && npm install && pulumi up
 */

// cache.yaml has this name. With `table: ${TABLE}` in cache.yaml, the name may be generated.
const table = new aws.dynamodb.Table('products', {
  name: 'dynamodb-cache-example-products',
  billingMode: 'PAY_PER_REQUEST',
  hashKey: 'pKey',
  rangeKey: 'sKey',
  attributes: [
    { name: 'pKey', type: 'S' },
    { name: 'sKey', type: 'S' },
  ],
});

// For functions on Node.js runtimes. For others, upload standalone-arm64.zip through S3 (s3Bucket, s3Key): it exceeds 50 MB.
const layer = new aws.lambda.LayerVersion('cache', {
  layerName: 'dynamodb-cache-node',
  code: new pulumi.asset.FileArchive('../../dist/layers/node.zip'),
  compatibleRuntimes: ['nodejs20.x', 'nodejs22.x', 'nodejs24.x'],
  compatibleArchitectures: ['x86_64', 'arm64'],
});

const role = new aws.iam.Role('function', {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: 'lambda.amazonaws.com' }),
});

new aws.iam.RolePolicyAttachment('logs', {
  role,
  policyArn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
});

// The output of `npx dynamodb-cache-extension policy deploy/sam/functions/cache.yaml`, limited to this table.
new aws.iam.RolePolicy('read-products', {
  role,
  policy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Scan'],
        Resource: [table.arn],
      },
    ],
  },
});

const fn = new aws.lambda.Function('products', {
  role: role.arn,
  runtime: 'nodejs22.x',
  architectures: ['arm64'],
  handler: 'products.handler',
  memorySize: 256,
  timeout: 10,
  // cache.yaml is next to the handlers, so it is deployed to /var/task, where the extension looks for it.
  code: new pulumi.asset.FileArchive('../sam/functions'),
  layers: [layer.arn],
  environment: {
    variables: {
      TABLE: table.name,
      CACHE_EXTENSION_TTL: '5m',
      CACHE_EXTENSION_STALE_WHILE_REVALIDATE: '30s',
      // Each cold start scans the table into the cache. For a large table, set `preload: none` in cache.yaml (docs/deploy.md, "Cost").
      CACHE_EXTENSION_INIT_STARTUP: 'true',
    },
  },
});

export const functionName = fn.name;
