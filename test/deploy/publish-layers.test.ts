import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const script = fileURLToPath(new URL('../../deploy/publish-layers.mjs', import.meta.url));

/** An AWS CLI that knows of layers by their digests, in a file, and writes down what it is asked. */
const AWS = `#!/usr/bin/env node
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const { createHash } = require('node:crypto');
const args = process.argv.slice(3);
const option = (name) => args[args.indexOf('--' + name) + 1];
const known = existsSync('known.json') ? JSON.parse(readFileSync('known.json', 'utf8')) : {};
const save = () => writeFileSync('known.json', JSON.stringify(known));
appendFileSync('asked.txt', args[0] + ' ' + (option('layer-name') ?? '') + '\\n');
const answers = {
  'list-layer-versions': () => (known[option('layer-name')] ? 'arn:' + option('layer-name') + ':1' : 'None'),
  'get-layer-version-by-arn': () => known[option('arn').split(':')[1]],
  'publish-layer-version': () => {
    const [, uploaded] = args.includes('--content') ? /^S3Bucket=bucket,S3Key=(.*)$/.exec(option('content')) : [];
    const bytes = readFileSync(uploaded ?? option('zip-file').replace('fileb://', ''));
    known[option('layer-name')] = createHash('sha256').update(bytes).digest('base64');
    save();
    return 'arn:' + option('layer-name') + ':1';
  },
  'put-object': () => writeFileSync(option('key'), readFileSync(option('body'))),
  'get-layer-version-policy': () => (known.shared?.includes(option('layer-name')) ? '{}' : process.exit(254)),
  'add-layer-version-permission': () => {
    known.shared = [...(known.shared ?? []), option('layer-name')];
    save();
    return '{}';
  },
};
console.log(answers[args[0]]());
`;

describe('publishing the layers', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'publish-layers-'));
    writeFileSync(join(folder, 'aws'), AWS, { mode: 0o755 });
    for (const name of ['node', 'standalone-x86_64', 'standalone-arm64'])
      writeFileSync(join(folder, `${name}.zip`), name);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const publish = (...args: readonly string[]) => {
    const path = `${folder}:${dirname(process.execPath)}`;
    const options = { cwd: folder, encoding: 'utf8', env: { PATH: path } } as const;
    return spawnSync(process.execPath, [script, '--from', folder, ...args], options);
  };

  const asked = () => readFileSync(join(folder, 'asked.txt'), 'utf8').trim().split('\n');

  it('prints the ARN of each', () => {
    expect(publish().stdout).toBe(
      [
        'arn:dynamodb-cache-node:1',
        'arn:dynamodb-cache-standalone-x86_64:1',
        'arn:dynamodb-cache-standalone-arm64:1',
        '',
      ].join('\n'),
    );
  });

  it('leaves alone what is there, byte for byte', () => {
    publish('node');
    writeFileSync(join(folder, 'asked.txt'), '');
    const { stdout } = publish('node');

    expect(stdout).toBe('arn:dynamodb-cache-node:1\n');
    expect(asked()).toEqual([
      'list-layer-versions dynamodb-cache-node',
      expect.stringMatching(/^get-layer-version-by-arn/),
    ]);
  });

  it('publishes what has changed', () => {
    publish('node');
    writeFileSync(join(folder, 'node.zip'), 'changed');
    writeFileSync(join(folder, 'asked.txt'), '');
    publish('node');

    expect(asked().at(-1)).toBe('publish-layer-version dynamodb-cache-node');
  });

  it('lets everybody use them only if asked, and once', () => {
    publish('node');
    const before = asked().join();
    publish('node', '--public');
    publish('node', '--public');

    expect(before).not.toContain('permission');
    expect(asked().filter((line) => line.startsWith('add-layer-version-permission'))).toHaveLength(1);
  });

  it('takes what is too large for one call by way of a bucket', () => {
    writeFileSync(join(folder, 'node.zip'), Buffer.alloc(50 * 1024 * 1024 + 1));
    const { stdout: withoutBucket, stderr } = publish('node');

    expect(withoutBucket).toBe('');
    expect(stderr).toContain('name a bucket with --bucket');
    expect(publish('node', '--bucket', 'bucket').stdout).toBe('arn:dynamodb-cache-node:1\n');
    expect(asked().filter((line) => line.startsWith('put-object'))).toHaveLength(1);
  });

  it('takes nothing else by way of the bucket', () => {
    writeFileSync(join(folder, 'node.zip'), Buffer.alloc(50 * 1024 * 1024));
    publish('node', '--bucket', 'bucket');

    expect(asked().join()).not.toContain('put-object');
  });

  it.each([
    [['nod'], 2, 'there is no layer nod; there are node, standalone-x86_64, standalone-arm64'],
    [['node', '--from', '/nowhere'], 1, '`npm run layers` makes it'],
  ])('fails for %j with status %i, and says why', (args, expected, reason) => {
    const { status, stderr } = publish(...args);

    expect(status).toBe(expected);
    expect(stderr).toContain(reason);
  });

  it('fails where the AWS CLI does, with its words', () => {
    writeFileSync(join(folder, 'aws'), '#!/bin/sh\necho "no credentials" >&2\nexit 253\n', { mode: 0o755 });
    const { status, stderr } = publish('node');

    expect(status).toBe(1);
    expect(stderr).toBe('aws lambda list-layer-versions: no credentials\n');
  });
});
