import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { anyOf, readArguments } from '../scripts/arguments.mjs';

const USAGE = `node deploy/publish-layers.mjs [options] [node] [standalone-x86_64] [standalone-arm64]
Publishes the layers with the AWS CLI and prints a table of their ARNs, also of layers that a region has already.
Publishes all layers if none is named. A layer version with the same bytes is not published again.
Ends with status 1 if a layer could not be published somewhere, after it has tried everything else.
  --regions <list>     such as eu-west-1,us-east-1; default: the region of the AWS CLI
  --version <version>  of the release, such as 1.2.3; default: that of package.json
  --from <folder>      folder of the zip files; default dist/layers
  --bucket <bucket>    S3 bucket for zip files that are too large for one call. {region} in its name stands for the region
  --public             allow every account to use the layers
  --out <folder>       also write the ARNs to layer-arns.md and layer-arns.json in this folder
  -h, --help           print this`;

const LAYERS = {
  node: { architectures: ['x86_64', 'arm64'], runtimes: ['nodejs20.x', 'nodejs22.x', 'nodejs24.x'] },
  'standalone-x86_64': { architectures: ['x86_64'], runtimes: [] },
  'standalone-arm64': { architectures: ['arm64'], runtimes: [] },
};

/** Maximum size of a direct upload to Lambda. */
const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;

const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d$/;
const VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** Calls the AWS CLI in one region. Without a region, the CLI takes that of its configuration. */
class Aws {
  #region;

  constructor(region) {
    this.#region = region === undefined ? [] : ['--region', region];
  }

  /** Returns the words of the output. Throws if the call fails. */
  call(service, operation, ...args) {
    const { status, stderr, stdout, error } = this.#run(service, operation, args);
    if (status !== 0) throw new Error(`aws ${service} ${operation}: ${error?.message ?? stderr.trim()}`);
    return stdout.split(/\s+/).filter((word) => word !== '' && word !== 'None');
  }

  succeeds(service, operation, ...args) {
    return this.#run(service, operation, args).status === 0;
  }

  #run(service, operation, args) {
    const all = [service, operation, ...args, ...this.#region, '--output', 'text'];
    return spawnSync('aws', all, { encoding: 'utf8' });
  }
}

/** A layer in its zip file. Throws if the file does not exist. */
const readLayer = (name, folder) => {
  const path = join(folder, `${name}.zip`);
  if (!existsSync(path)) throw new Error(`${path} does not exist; \`npm run layers\` makes it`);
  const zip = readFileSync(path);
  const hash = createHash('sha256').update(zip);
  return { ...LAYERS[name], name: `dynamodb-cache-${name}`, path, size: zip.length, sha256: hash.digest() };
};

/** The ARN of the layer version that has the bytes. Only those of the same release can: its version is in the bytes. */
const publishedArn = (aws, { name, sha256 }, description) => {
  const ofRelease = `LayerVersions[?Description=='${description}'].LayerVersionArn`;
  const arns = aws.call('lambda', 'list-layer-versions', '--layer-name', name, '--query', ofRelease);
  const digestOf = (arn) =>
    aws.call('lambda', 'get-layer-version-by-arn', '--arn', arn, '--query', 'Content.CodeSha256')[0];
  return arns.find((arn) => digestOf(arn) === sha256.toString('base64'));
};

/** Returns the options of `publish-layer-version` for the bytes, after uploading a large zip file to S3. */
const contentOptions = (aws, { name, path, size, sha256 }, bucket) => {
  if (size <= MAX_UPLOAD_BYTES) return ['--zip-file', `fileb://${path}`];
  if (bucket === undefined)
    throw new Error(
      `${path} is larger than 50 MiB, the limit of a direct upload; name a bucket with --bucket`,
    );
  const key = `${name}-${sha256.toString('hex')}.zip`;
  aws.call('s3api', 'put-object', '--bucket', bucket, '--key', key, '--body', path);
  return ['--content', `S3Bucket=${bucket},S3Key=${key}`];
};

const publish = (aws, layer, description, bucket) => {
  const known = publishedArn(aws, layer, description);
  if (known !== undefined) return known;
  const { name, architectures, runtimes } = layer;
  const about = ['--description', description, '--license-info', manifest.license];
  const compatible = [
    ...['--compatible-architectures', ...architectures],
    ...(runtimes.length === 0 ? [] : ['--compatible-runtimes', ...runtimes]),
  ];
  const content = contentOptions(aws, layer, bucket);
  const all = ['--layer-name', name, ...about, ...compatible, ...content, '--query', 'LayerVersionArn'];
  const [arn] = aws.call('lambda', 'publish-layer-version', ...all);
  return arn;
};

const letAllUse = (aws, arn) => {
  const [, layer, number] = /^(.*):(\d+)$/.exec(arn) ?? [];
  const ofVersion = ['--layer-name', layer, '--version-number', number];
  if (aws.succeeds('lambda', 'get-layer-version-policy', ...ofVersion)) return;
  const everyone = ['--statement-id', 'public', '--action', 'lambda:GetLayerVersion', '--principal', '*'];
  aws.call('lambda', 'add-layer-version-permission', ...ofVersion, ...everyone);
};

const regionIn = (arn) => arn.split(':')[3] ?? '';

/** Publishes everywhere. A failure does not keep it from trying the rest. */
const publishAll = (layers, { regions, description, bucket, isPublic }) => {
  const [published, failures] = [[], []];
  for (const region of regions) {
    const aws = new Aws(region);
    for (const layer of layers) {
      try {
        const arn = publish(aws, layer, description, bucket?.replaceAll('{region}', region ?? ''));
        if (isPublic) letAllUse(aws, arn);
        const { name, architectures, sha256 } = layer;
        published.push({
          region: region ?? regionIn(arn),
          layer: name,
          architectures,
          arn,
          codeSha256: sha256.toString('base64'),
        });
      } catch (error) {
        failures.push(`${region === undefined ? '' : `${region}: `}${layer.name}: ${error.message}`);
      }
    }
  }
  return { published, failures };
};

const markdownTable = (published) =>
  [
    '| region | layer | architectures | ARN |',
    '| ------ | ----- | ------------- | --- |',
    ...published.map(
      ({ region, layer, architectures, arn }) =>
        `| ${region} | ${layer} | ${architectures.join(', ')} | \`${arn}\` |`,
    ),
    '',
  ].join('\n');

const acceptsNames = anyOf(Object.keys(LAYERS), 'layer');
const { values, positionals } = readArguments({
  usage: USAGE,
  accepts: (words, { regions, version, bucket }) => {
    const wrong = regions?.split(',').find((region) => !REGION.test(region));
    if (wrong !== undefined) return `${JSON.stringify(wrong)} is not a region`;
    if (!VERSION.test(version)) return `${JSON.stringify(version)} is not a version such as 1.2.3`;
    if (bucket?.includes('{region}') && regions === undefined) return '{region} in --bucket needs --regions';
    return acceptsNames(words);
  },
  options: {
    regions: { type: 'string' },
    version: { type: 'string', default: manifest.version },
    from: { type: 'string', default: `${root}dist/layers` },
    bucket: { type: 'string' },
    public: { type: 'boolean' },
    out: { type: 'string' },
  },
});
const { version, from, bucket, out } = values;

const main = () => {
  const names = positionals.length > 0 ? positionals : Object.keys(LAYERS);
  const { published, failures } = publishAll(
    names.map((name) => readLayer(name, from)),
    {
      regions: values.regions === undefined ? [undefined] : [...new Set(values.regions.split(','))],
      description: `${manifest.name} ${version}`,
      bucket,
      isPublic: values.public,
    },
  );
  const table = markdownTable(published);
  process.stdout.write(table);
  if (out !== undefined) {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'layer-arns.md'), table);
    writeFileSync(
      join(out, 'layer-arns.json'),
      `${JSON.stringify({ version, layers: published, failures }, null, 2)}\n`,
    );
  }
  for (const failure of failures) console.error(failure);
  if (failures.length > 0) process.exitCode = 1;
};

try {
  main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
