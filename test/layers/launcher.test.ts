import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const layers = fileURLToPath(new URL('../../layers/', import.meta.url));
let opt: string;

/** An `/opt` whose program says with what it was started. */
beforeAll(() => {
  opt = mkdtempSync(join(tmpdir(), 'launcher-'));
  for (const folder of ['extensions', 'dynamodb-cache', 'bin']) mkdirSync(join(opt, folder));
  const head = readFileSync(`${layers}launcher.sh`, 'utf8');
  for (const kind of ['node', 'standalone'])
    script(`extensions/${kind}`, head + readFileSync(`${layers}launch-${kind}.sh`, 'utf8'));
  script('dynamodb-cache/extension', '#!/bin/sh\n/usr/bin/env\n');
  script('bin/node', '#!/bin/sh\necho "$@"\n/usr/bin/env\n');
});

afterAll(() => rmSync(opt, { recursive: true }));

const script = (path: string, text: string) => {
  writeFileSync(join(opt, path), text);
  chmodSync(join(opt, path), 0o755);
};

const launch = (
  kind: string,
  env: Readonly<Record<string, string>>,
  how: { cwd?: string; path?: string } = {},
) => {
  const { cwd = '/', path = `${opt}/extensions/${kind}` } = how;
  const all = { PATH: kind === 'node' ? `${opt}/bin:/usr/bin:/bin` : '/nowhere', ...env };
  const { status, stdout, stderr } = spawnSync('/bin/sh', [path], { cwd, env: all, encoding: 'utf8' });
  return { status, lines: stdout.split('\n'), stderr };
};

const HIJACKERS = [
  ['NODE_OPTIONS', '--require /nonexistent.js'],
  ['NODE_PATH', '/nowhere'],
  ['NODE_V8_COVERAGE', '/tmp/coverage'],
  ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
  ['NODE_USE_ENV_PROXY', '1'],
  ['NODE_CHANNEL_FD', '3'],
  ['BUN_OPTIONS', '--preload /nonexistent.js'],
  ['BUN_BE_BUN', '1'],
  ['BUN_INSPECT', '1'],
  ['BUN_INSPECT_CONNECT_TO', 'ws://127.0.0.1:9'],
  ['BUN_INSPECT_NOTIFY', 'tcp://127.0.0.1:9'],
  ['BUN_JSC_useJIT', '0'],
  ['BUN_CONFIG_VERBOSE_FETCH', 'curl'],
  ['HTTP_PROXY', 'http://127.0.0.1:9'],
  ['https_proxy', 'http://127.0.0.1:9'],
  ['ALL_PROXY', 'http://127.0.0.1:9'],
  ['OPENSSL_CONF', '/nowhere'],
] as const;

describe.each(['node', 'standalone'])('the launcher of the %s layer', (kind) => {
  it.each(HIJACKERS)('keeps %s from the program', (name, value) => {
    const { status, lines } = launch(kind, { [name]: value });

    expect(status).toBe(0);
    expect(lines.filter((line) => line.startsWith(`${name}=`))).toEqual([]);
  });

  it.each([
    ['NODE_EXTRA_CA_CERTS', '/etc/ca.pem'],
    ['AWS_ENDPOINT_URL_DYNAMODB', 'http://localhost:4000'],
    ['AWS_LAMBDA_RUNTIME_API', '127.0.0.1:9001'],
    ['CACHE_EXTENSION_TTL', '1h'],
    ['WITH_BLANKS', 'NODE_OPTIONS=1 BUN_odd-name=2 *'],
  ])('leaves %s as it is', (name, value) => {
    expect(launch(kind, { [name]: value }).lines).toContain(`${name}=${value}`);
  });

  it('can be called by a path that is relative', () => {
    for (const [cwd, path] of [
      [opt, `extensions/${kind}`],
      [`${opt}/extensions`, kind],
    ] as const) {
      expect(launch(kind, {}, { cwd, path })).toMatchObject({ status: 0, stderr: '' });
    }
  });
});

describe('the launcher of the node layer', () => {
  it('gives the program to the Node.js of PATH', () => {
    expect(launch('node', {}).lines[0]).toMatch(/\/dynamodb-cache\/extension\.cjs$/);
  });

  it('says what to do where there is no Node.js', () => {
    const { status, stderr } = launch('node', { PATH: '/nowhere' });

    expect(status).toBe(127);
    expect(stderr).toContain('the standalone layer');
  });
});

describe('the launcher of the standalone layer', () => {
  it('lets the program find the C library by itself', () => {
    const { lines } = launch('standalone', { LD_LIBRARY_PATH: '/var/task/lib' });

    expect(lines.join('\n')).not.toContain('LD_LIBRARY_PATH');
  });
});
