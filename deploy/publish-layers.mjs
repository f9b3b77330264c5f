import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { anyOf, readArguments } from '../scripts/arguments.mjs';

const USAGE = `node deploy/publish-layers.mjs [options] [node] [standalone-x86_64] [standalone-arm64]
Publishes the layers in the region and account of the AWS CLI and prints their ARNs.
Publishes all layers if none is named. A layer with the same bytes as its newest version is not published again.
  --from <folder>    folder of the zip files; default dist/layers
  --bucket <bucket>  S3 bucket in the same region, for zip files that are too large for one call
  --public           allow every account to use the layers
  -h, --help         print this`;

const LAYERS = {
  node: [
    '--compatible-architectures',
    'x86_64',
    'arm64',
    '--compatible-runtimes',
    'nodejs20.x',
    'nodejs22.x',
    'nodejs24.x',
  ],
  'standalone-x86_64': ['--compatible-architectures', 'x86_64'],
  'standalone-arm64': ['--compatible-architectures', 'arm64'],
};

/** Maximum size of a direct upload to Lambda. */
const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;

const root = fileURLToPath(new URL('..', import.meta.url));
const { version, license } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** Returns the output of the AWS CLI, or undefined if it is empty. Throws if the call fails. */
const aws = (service, operation, ...args) => {
  const all = [service, operation, ...args, '--output', 'text'];
  const { status, stdout, stderr, error } = spawnSync('aws', all, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`aws ${service} ${operation}: ${error?.message ?? stderr.trim()}`);
  const text = stdout.trim();
  return text === '' || text === 'None' ? undefined : text;
};

const lambda = (...args) => aws('lambda', ...args);

/** Returns the ARN of the newest version if it has the same content. */
const published = (layer, zip) => {
  const newest = ['--max-items', '1', '--no-paginate', '--query', 'LayerVersions[0].LayerVersionArn'];
  const arn = lambda('list-layer-versions', '--layer-name', layer, ...newest);
  if (arn === undefined) return undefined;
  const digest = lambda('get-layer-version-by-arn', '--arn', arn, '--query', 'Content.CodeSha256');
  return digest === createHash('sha256').update(zip).digest('base64') ? arn : undefined;
};

/** Returns the options of `publish-layer-version` for the content, after uploading a large zip file to S3. */
const contentOf = (path, zip, layer, bucket) => {
  if (zip.length <= MAX_UPLOAD_BYTES) return ['--zip-file', `fileb://${path}`];
  if (bucket === undefined)
    throw new Error(
      `${path} is larger than 50 MiB, the limit of a direct upload; name a bucket with --bucket`,
    );
  const key = `${layer}-${createHash('sha256').update(zip).digest('hex')}.zip`;
  aws('s3api', 'put-object', '--bucket', bucket, '--key', key, '--body', path);
  return ['--content', `S3Bucket=${bucket},S3Key=${key}`];
};

const publish = (name, folder, bucket) => {
  const path = join(folder, `${name}.zip`);
  if (!existsSync(path)) throw new Error(`${path} does not exist; \`npm run layers\` makes it`);
  const zip = readFileSync(path);
  const layer = `dynamodb-cache-${name}`;
  const known = published(layer, zip);
  if (known !== undefined) return known;
  const about = ['--description', `dynamodb-cache-extension ${version}`, '--license-info', license];
  const content = contentOf(path, zip, layer, bucket);
  const named = ['--layer-name', layer, ...about, ...LAYERS[name]];
  return lambda('publish-layer-version', ...named, ...content, '--query', 'LayerVersionArn');
};

const letAllUse = (arn) => {
  const [, layer, version] = /^(.*):(\d+)$/.exec(arn) ?? [];
  const ofVersion = ['--layer-name', layer, '--version-number', version];
  const policy = spawnSync('aws', ['lambda', 'get-layer-version-policy', ...ofVersion]);
  if (policy.status === 0) return;
  const whom = ['--statement-id', 'public', '--action', 'lambda:GetLayerVersion', '--principal', '*'];
  lambda('add-layer-version-permission', ...ofVersion, ...whom);
};

const { values, positionals } = readArguments({
  usage: USAGE,
  accepts: anyOf(Object.keys(LAYERS), 'layer'),
  options: {
    from: { type: 'string', default: `${root}dist/layers` },
    bucket: { type: 'string' },
    public: { type: 'boolean' },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(LAYERS);
try {
  for (const name of names) {
    const arn = publish(name, values.from, values.bucket);
    if (values.public) letAllUse(arn);
    console.log(arn);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
