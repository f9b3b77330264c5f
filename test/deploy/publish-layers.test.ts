import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { VERSION } from '../../src/domain/program/version.ts';

const script = fileURLToPath(new URL('../../deploy/publish-layers.mjs', import.meta.url));
const strictAws = fileURLToPath(new URL('strict-aws.cjs', import.meta.url));

const arn = (layer: string, region = 'eu-west-1', number = 1) =>
  `arn:aws:lambda:${region}:123456789012:layer:dynamodb-cache-${layer}:${number}`;
const ALL = ['node', 'standalone-x86_64', 'standalone-arm64'];

describe('publishing the layers', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'publish-layers-'));
    copyFileSync(strictAws, join(folder, 'aws'));
    for (const name of ALL) writeFileSync(join(folder, `${name}.zip`), name);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const publishIn = (env: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    const path = `${folder}:${dirname(process.execPath)}`;
    const options = { cwd: folder, encoding: 'utf8', env: { PATH: path, ...env } } as const;
    return spawnSync(process.execPath, [script, '--from', folder, ...args], options);
  };
  const publish = (...args: readonly string[]) => publishIn({}, ...args);

  const arnsIn = (table: string) => [...table.matchAll(/`(arn:[^`]+)`/g)].map(([, each = '']) => each);
  const asked = () => readFileSync(join(folder, 'asked.txt'), 'utf8').trimEnd().split(/ *\n/);
  const forgetAsked = () => writeFileSync(join(folder, 'asked.txt'), '');
  const known = () => JSON.parse(readFileSync(join(folder, 'known.json'), 'utf8'));

  it('prints a Markdown table of the ARNs', () => {
    const { status, stdout, stderr } = publish();

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(
      [
        '| region | layer | architectures | ARN |',
        '| ------ | ----- | ------------- | --- |',
        `| eu-west-1 | dynamodb-cache-node | x86_64, arm64 | \`${arn('node')}\` |`,
        `| eu-west-1 | dynamodb-cache-standalone-x86_64 | x86_64 | \`${arn('standalone-x86_64')}\` |`,
        `| eu-west-1 | dynamodb-cache-standalone-arm64 | arm64 | \`${arn('standalone-arm64')}\` |`,
        '',
      ].join('\n'),
    );
  });

  it('says what each is for, and of which version it is', () => {
    publish();

    expect(known()).toMatchObject([
      { architectures: ['x86_64', 'arm64'], runtimes: ['nodejs20.x', 'nodejs22.x', 'nodejs24.x'] },
      { architectures: ['x86_64'], runtimes: [] },
      { architectures: ['arm64'], runtimes: [] },
    ]);
    expect(known()[0].description).toBe(`dynamodb-cache-extension ${VERSION}`);
  });

  it('publishes in each region once, in the bucket of the region, and saves the ARNs', () => {
    writeFileSync(join(folder, 'standalone-arm64.zip'), Buffer.alloc(50 * 1024 * 1024 + 1));
    const regions = 'us-east-1,eu-central-1,us-east-1';
    const { stdout } = publish(
      ...['--regions', regions, '--version', '1.2.3', '--bucket', 'layers-{region}', '--out', 'saved/arns'],
      ...['node', 'standalone-arm64'],
    );
    const saved = JSON.parse(readFileSync(join(folder, 'saved/arns/layer-arns.json'), 'utf8'));

    const expected = ['us-east-1', 'eu-central-1'].flatMap((region) => [
      arn('node', region),
      arn('standalone-arm64', region),
    ]);
    expect(arnsIn(stdout)).toEqual(expected);
    expect(readFileSync(join(folder, 'saved/arns/layer-arns.md'), 'utf8')).toBe(stdout);
    expect(saved).toMatchObject({ version: '1.2.3', failures: [] });
    expect(saved.layers.map((layer: { readonly arn: string }) => layer.arn)).toEqual(expected);
    expect(saved.layers[0]).toEqual({
      region: 'us-east-1',
      layer: 'dynamodb-cache-node',
      architectures: ['x86_64', 'arm64'],
      arn: arn('node', 'us-east-1'),
      codeSha256: known()[0].digest,
    });
    expect(known()[0].description).toBe('dynamodb-cache-extension 1.2.3');
    expect(asked().filter((line) => line.includes('put-object'))).toEqual([
      'us-east-1 put-object',
      'eu-central-1 put-object',
    ]);
  });

  it('goes on after a region that fails, names it, and ends with status 1; the next run completes it', () => {
    const args = ['--regions', 'eu-west-1,eu-south-2,us-east-1', '--out', folder, 'node'];
    const { status, stdout, stderr } = publishIn({ FAILING_REGION: 'eu-south-2' }, ...args);

    const failure =
      'eu-south-2: dynamodb-cache-node: aws lambda list-layer-versions: no credentials for eu-south-2';
    expect(status).toBe(1);
    expect(arnsIn(stdout)).toEqual([arn('node'), arn('node', 'us-east-1')]);
    expect(stderr).toBe(`${failure}\n`);
    expect(JSON.parse(readFileSync(join(folder, 'layer-arns.json'), 'utf8')).failures).toEqual([failure]);

    const second = publish(...args);
    expect(second.status).toBe(0);
    expect(arnsIn(second.stdout)).toEqual([arn('node'), arn('node', 'eu-south-2'), arn('node', 'us-east-1')]);
  });

  it('leaves alone what is there, byte for byte', () => {
    publish('node');
    forgetAsked();
    const { stdout } = publish('node');

    expect(arnsIn(stdout)).toEqual([arn('node')]);
    expect(asked()).toEqual([
      'eu-west-1 list-layer-versions dynamodb-cache-node',
      'eu-west-1 get-layer-version-by-arn',
    ]);
  });

  it('finds the same bytes also behind a newer version', () => {
    publish('node');
    writeFileSync(join(folder, 'node.zip'), 'changed');
    publish('node');
    writeFileSync(join(folder, 'node.zip'), 'node');

    expect(arnsIn(publish('node').stdout)).toEqual([arn('node')]);
  });

  it('publishes what has changed', () => {
    publish('node');
    writeFileSync(join(folder, 'node.zip'), 'changed');

    expect(arnsIn(publish('node').stdout)).toEqual([arn('node', 'eu-west-1', 2)]);
  });

  it('lets everybody use them only if asked, and once', () => {
    publish('node');
    const before = asked().join();
    publish('node', '--public');
    publish('node', '--public');

    expect(before).not.toContain('permission');
    expect(asked().filter((line) => line.includes('add-layer-version-permission'))).toHaveLength(1);
    expect(known()[0].isPublic).toBe(true);
  });

  it('takes what is too large for one call by way of a bucket', () => {
    writeFileSync(join(folder, 'node.zip'), Buffer.alloc(50 * 1024 * 1024 + 1));
    const { status, stdout, stderr } = publish('node');

    expect([status, arnsIn(stdout)]).toEqual([1, []]);
    expect(stderr).toContain('name a bucket with --bucket');
    expect(arnsIn(publish('node', '--bucket', 'bucket').stdout)).toEqual([arn('node')]);
    expect(asked().filter((line) => line.includes('put-object'))).toHaveLength(1);
  });

  it('takes nothing else by way of the bucket', () => {
    writeFileSync(join(folder, 'node.zip'), Buffer.alloc(50 * 1024 * 1024));
    publish('node', '--bucket', 'bucket');

    expect(asked().join()).not.toContain('put-object');
  });

  it.each([
    [['nod'], 2, 'there is no layer nod; there are node, standalone-x86_64, standalone-arm64'],
    [['--regions', 'eu-west-1,'], 2, '"" is not a region'],
    [['--regions', 'europe'], 2, '"europe" is not a region'],
    [['--version', 'v1.2.3'], 2, '"v1.2.3" is not a version such as 1.2.3'],
    [['--bucket', 'layers-{region}'], 2, '{region} in --bucket needs --regions'],
    [['node', '--from', '/nowhere'], 1, '`npm run layers` makes it'],
  ])('fails for %j with status %i, says why, and asks nothing of AWS', (args, expected, reason) => {
    const { status, stderr } = publish(...args);

    expect(status).toBe(expected);
    expect(stderr).toContain(reason);
    expect(existsSync(join(folder, 'asked.txt'))).toBe(false);
  });

  it('fails where the AWS CLI does, with its words', () => {
    const { status, stderr } = publishIn({ FAILING_REGION: 'eu-west-1' }, 'node');

    expect(status).toBe(1);
    expect(stderr).toBe(
      'dynamodb-cache-node: aws lambda list-layer-versions: no credentials for eu-west-1\n',
    );
  });
});
