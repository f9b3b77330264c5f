#!/usr/bin/env node
/*
 * An AWS CLI with the few operations by which layers are published. It keeps layers in a file, and fails for any argument that
 * the real one would not accept, or that these operations do not need.
 */
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const { createHash } = require('node:crypto');

const fail = (message) => {
  console.error(message);
  process.exit(255);
};

/** Options of each operation: `+` is required, `*` takes several values. */
const OPERATIONS = {
  'lambda list-layer-versions': { 'layer-name': '+', query: '+' },
  'lambda get-layer-version-by-arn': { arn: '+', query: '+' },
  'lambda publish-layer-version': {
    'layer-name': '+',
    description: '+',
    'license-info': '+',
    'compatible-architectures': '+*',
    'compatible-runtimes': '*',
    'zip-file': '',
    content: '',
    query: '+',
  },
  'lambda get-layer-version-policy': { 'layer-name': '+', 'version-number': '+' },
  'lambda add-layer-version-permission': {
    'layer-name': '+',
    'version-number': '+',
    'statement-id': '+',
    action: '+',
    principal: '+',
  },
  's3api put-object': { bucket: '+', key: '+', body: '+' },
};

const [service, operation, ...args] = process.argv.slice(2);
const specs = OPERATIONS[`${service} ${operation}`] ?? fail(`Invalid choice: ${service} ${operation}`);
const allowed = { ...specs, region: '', output: '+' };
const options = {};
for (let at = 0; at < args.length; ) {
  const name = args[at].startsWith('--') ? args[at].slice(2) : fail(`Unknown options: ${args[at]}`);
  if (!(name in allowed) || name in options) fail(`Unknown options: --${name}`);
  const next = args.findIndex((arg, index) => index > at && arg.startsWith('--'));
  const values = args.slice(at + 1, next === -1 ? args.length : next);
  if (values.length === 0 || (values.length > 1 && !allowed[name].includes('*')))
    fail(`expected one argument: --${name}`);
  options[name] = values;
  at += values.length + 1;
}
for (const [name, kind] of Object.entries(allowed))
  if (kind.startsWith('+') && !(name in options)) fail(`the following arguments are required: --${name}`);
if (options.output[0] !== 'text') fail('the output is not text');

const one = (name) => options[name]?.[0];
const region = one('region') ?? 'eu-west-1';
const all = existsSync('known.json') ? JSON.parse(readFileSync('known.json', 'utf8')) : [];
const save = () => writeFileSync('known.json', JSON.stringify(all));
appendFileSync('asked.txt', `${region} ${operation} ${one('layer-name') ?? ''}\n`);
if (region === process.env.FAILING_REGION) fail(`no credentials for ${region}`);

const baseOf = (name) => `arn:aws:lambda:${region}:123456789012:layer:${name}`;
const versionOf = (arn) => all.find((layer) => layer.arn === arn) ?? fail('ResourceNotFoundException');
const namedVersion = () => versionOf(`${one('layer-name')}:${one('version-number')}`);

const answers = {
  'list-layer-versions': () => {
    const [, description] =
      /^LayerVersions\[\?Description=='([\w .-]+)'\]\.LayerVersionArn$/.exec(one('query')) ?? fail('query');
    const found = all.filter(
      ({ arn, ...layer }) =>
        arn.startsWith(`${baseOf(one('layer-name'))}:`) && layer.description === description,
    );
    return found
      .map(({ arn }) => arn)
      .reverse()
      .join('\t');
  },
  'get-layer-version-by-arn': () =>
    one('query') === 'Content.CodeSha256' ? versionOf(one('arn')).digest : fail('query'),
  'publish-layer-version': () => {
    if ((one('zip-file') === undefined) === (one('content') === undefined))
      fail('give either --zip-file or --content');
    const [, bucket, key] = /^S3Bucket=([^,]+),S3Key=(.+)$/.exec(one('content') ?? '') ?? [];
    const bytes = readFileSync(
      key === undefined ? one('zip-file').replace(/^fileb:\/\//, '') : `${bucket}-${key}`,
    );
    const number = all.filter(({ arn }) => arn.startsWith(`${baseOf(one('layer-name'))}:`)).length + 1;
    const layer = {
      arn: `${baseOf(one('layer-name'))}:${number}`,
      description: one('description'),
      digest: createHash('sha256').update(bytes).digest('base64'),
      architectures: options['compatible-architectures'],
      runtimes: options['compatible-runtimes'] ?? [],
    };
    all.push(layer);
    save();
    return layer.arn;
  },
  'put-object': () => {
    writeFileSync(`${one('bucket')}-${one('key')}`, readFileSync(one('body')));
    return '"etag"';
  },
  'get-layer-version-policy': () => (namedVersion().isPublic ? '{}' : fail('ResourceNotFoundException')),
  'add-layer-version-permission': () => {
    if (one('action') !== 'lambda:GetLayerVersion' || one('principal') !== '*') fail('ValidationException');
    namedVersion().isPublic = true;
    save();
    return '{}';
  },
};
console.log(answers[operation]());
