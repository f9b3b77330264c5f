import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const layers = fileURLToPath(new URL('../../layers/', import.meta.url));
const KINDS = ['node', 'standalone'] as const;
type Kind = (typeof KINDS)[number];

/** Amazon Linux has bash as its sh, Debian has dash. */
const SHELLS = { 'bash as sh': '/bin/bash', 'the sh of this machine': '/bin/sh' } as const;
type Shell = keyof typeof SHELLS;
const EVERY_LAUNCHER = KINDS.flatMap((kind) =>
  Object.keys(SHELLS).map((shell): [Kind, Shell] => [kind, shell as Shell]),
);

let opt: string;

/** An `/opt` whose program prints its arguments and its environment. */
beforeAll(() => {
  opt = mkdtempSync(join(tmpdir(), 'launcher-'));
  for (const folder of ['extensions', 'dynamodb-cache', 'bin']) mkdirSync(join(opt, folder));
  const head = readFileSync(`${layers}launcher.sh`, 'utf8');
  for (const kind of KINDS)
    script(`extensions/${kind}`, head + readFileSync(`${layers}launch-${kind}.sh`, 'utf8'));
  writeFileSync(
    join(opt, 'print.cjs'),
    'process.stdout.write(JSON.stringify({ args: process.argv.slice(3), env: process.env }))',
  );
  for (const program of ['bin/node', 'dynamodb-cache/extension'])
    script(program, `#!${process.execPath} ${join(opt, 'print.cjs')}\n`);
  for (const [name, shell] of Object.entries(SHELLS)) {
    mkdirSync(join(opt, name));
    symlinkSync(shell, join(opt, name, 'sh'));
  }
});

afterAll(() => rmSync(opt, { recursive: true }));

const script = (path: string, text: string) => {
  writeFileSync(join(opt, path), text);
  chmodSync(join(opt, path), 0o755);
};

interface Launch {
  readonly kind: Kind;
  readonly shell?: Shell;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly path?: string;
}

/** Runs a launcher as the kernel would: by the shell of its first line, with that line's options. */
const launch = ({ kind, shell = 'bash as sh', env = {}, cwd = '/', path }: Launch) => {
  const file = path ?? `${opt}/extensions/${kind}`;
  const [, options] = /^#!\/bin\/sh(?: (\S+))?\n/.exec(readFileSync(`${layers}launcher.sh`, 'utf8')) ?? [];
  const { status, stdout, stderr } = spawnSync(
    join(opt, shell, 'sh'),
    [...(options === undefined ? [] : [options]), file],
    {
      cwd,
      env: { PATH: kind === 'node' ? `${opt}/bin:/usr/bin:/bin` : '/nowhere', ...env },
      encoding: 'utf8',
    },
  );
  const printed: { args?: string[]; env: Record<string, string> } = JSON.parse(stdout || '{"env":{}}');
  return { status, stderr, ...printed };
};

/** What a function may have set for its own shell, loader, libraries or runtime. */
const HIJACKERS = {
  LD_LIBRARY_PATH: '/var/task/lib:/opt/lib',
  LD_BIND_NOW: '1',
  GLIBC_TUNABLES: 'glibc.malloc.check=3',
  GCONV_PATH: '/var/task/gconv',
  LOCPATH: '/var/task/locales',
  MALLOC_PERTURB_: '7',
  MALLOC_CHECK_: '3',
  RES_OPTIONS: 'timeout:30',
  HOSTALIASES: '/var/task/aliases',
  ENV: '/var/task/startup.sh',
  BASH_ENV: '/var/task/startup.sh',
  CDPATH: '/var/task',
  NODE_OPTIONS: '--require /nonexistent.js',
  NODE_PATH: '/nowhere',
  NODE_V8_COVERAGE: '/tmp/coverage',
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  NODE_USE_ENV_PROXY: '1',
  NODE_CHANNEL_FD: '3',
  NODE_REPL_EXTERNAL_MODULE: '/nonexistent.js',
  NODE_PENDING_DEPRECATION: '1',
  UV_THREADPOOL_SIZE: '1',
  UV_USE_IO_URING: '1',
  SSLKEYLOGFILE: '/tmp/keys',
  OPENSSL_CONF: '/nowhere',
  OPENSSL_ENGINES: '/var/task/engines',
  OPENSSL_ia32cap: '0',
  BUN_OPTIONS: '--preload /nonexistent.js',
  BUN_BE_BUN: '1',
  BUN_INSPECT: '1',
  BUN_JSC_useJIT: '0',
  BUN_CONFIG_VERBOSE_FETCH: 'curl',
  BUN_FEATURE_FLAG_DISABLE_IPV6: '1',
  JSC_useJIT: '0',
  MIMALLOC_VERBOSE: '1',
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  https_proxy: 'http://127.0.0.1:9',
  ALL_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '*',
  SOME_SETTING_OF_THE_FUNCTION: 'a "quoted"\nNODE_OPTIONS=1 $(id) *',
  // Names that the launcher might use itself, and readonly ones of bash.
  name: '/var/task',
  names: 'AWS_REGION',
  home: '/var/task',
  _references: '${HOSTALIASES}',
  node: '/var/task/node',
  IFS: 'A',
} as const;

const PASSED = {
  NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
  SSL_CERT_FILE: '/etc/ca.pem',
  SSL_CERT_DIR: '/etc/certificates',
  AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:4000',
  AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
  AWS_SESSION_TOKEN: 'with/odd+characters=="$(id)" *\n',
  CACHE_EXTENSION_TTL: '1h',
  PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: '2774',
  SECRETS_MANAGER_TTL: '60',
  SSM_PARAMETER_STORE_TIMEOUT_MILLIS: '500',
  CACHE_EXTENSION_UNKNOWN: 'NODE_OPTIONS=1 BUN_odd-name=2 *\nAWS_REGION=nowhere',
  CACHE_EXTENSION_TOKEN: '',
  TZ: ':UTC',
  HOME: '/home/sbx_user1051',
  LANG: 'C.UTF-8',
} as const;

describe.each(EVERY_LAUNCHER)('the launcher of the %s layer, run by %s', (kind, shell) => {
  it('keeps what configures the function from the program', () => {
    const { status, stderr, env } = launch({ kind, shell, env: HIJACKERS });

    expect([status, stderr]).toEqual([0, '']);
    expect(Object.entries(HIJACKERS).filter(([name, value]) => env[name] === value)).toEqual([]);
  });

  it('passes unchanged what configures the extension', () => {
    expect(launch({ kind, shell, env: PASSED }).env).toMatchObject(PASSED);
  });

  it('passes nothing on that it does not know, for each of 200 variables with random names', () => {
    const names = Array.from({ length: 200 }, (_, index) => `${'xX_qL'[index % 5]}${index}_OF_FUNCTION`);

    const { status, env } = launch({
      kind,
      shell,
      env: { AWS_REGION: 'eu-west-1', ...Object.fromEntries(names.map((name) => [name, 'x'])) },
    });

    expect(status).toBe(0);
    expect(env.AWS_REGION).toBe('eu-west-1');
    expect(names.filter((name) => name in env)).toEqual([]);
  });

  it('passes with a prefix the variables to which cache.yaml refers', () => {
    const config = join(opt, 'cache.yaml');
    writeFileSync(config, `dynamodb:\n  - table: \${PRODUCTS_TABLE}-\${name}\n    hashKey: \${LD_PRELOAD_}`);
    const variables = { PRODUCTS_TABLE: 'a "b" $(id) *\n', name: 'c', LD_PRELOAD_: 'd', PRODUCTS: 'e' };

    const { status, stderr, env } = launch({
      kind,
      shell,
      env: { CACHE_EXTENSION_CONFIG: config, ...variables },
    });

    expect([status, stderr]).toEqual([0, '']);
    expect(
      Object.entries(env)
        .filter(([name]) => /PRODUCTS|name|PRELOAD/.test(name))
        .sort(),
    ).toEqual([
      ['CACHE_EXTENSION_FUNCTION_LD_PRELOAD_', 'd'],
      ['CACHE_EXTENSION_FUNCTION_PRODUCTS_TABLE', variables.PRODUCTS_TABLE],
      ['CACHE_EXTENSION_FUNCTION_name', 'c'],
    ]);
  });

  it('passes no value of its own in place of one of the function', () => {
    const config = join(opt, 'special.yaml');
    const names = [
      'SECONDS',
      'RANDOM',
      'LINENO',
      'HISTCMD',
      'PS4',
      'IFS',
      'GROUPS',
      'BASH_COMMAND',
      'EPOCHSECONDS',
    ];
    writeFileSync(config, names.map((name) => `- \${${name}}`).join('\n'));

    const { status, env } = launch({
      kind,
      shell,
      env: {
        CACHE_EXTENSION_CONFIG: config,
        ...Object.fromEntries(names.map((name) => [name, 'of-the-function'])),
      },
    });

    expect(status).toBe(0);
    expect(Object.keys(env).filter((name) => name.startsWith('CACHE_EXTENSION_FUNCTION_'))).toEqual([]);
  });

  it.each(['/nowhere/cache.yaml', '/dev', '/dev/stdin'])('starts the program if the file is %s', (config) => {
    const { status, stderr } = launch({ kind, shell, env: { CACHE_EXTENSION_CONFIG: config } });

    expect([status, stderr]).toEqual([0, '']);
  });

  it.each(['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'])(
    'passes %s on if CACHE_EXTENSION_HTTPS_PROXY says environment',
    (name) => {
      const set = (setting: string) =>
        launch({ kind, shell, env: { CACHE_EXTENSION_HTTPS_PROXY: setting, [name]: 'proxy.example:3128' } });

      expect(set('environment').env[name]).toBe('proxy.example:3128');
      expect(set('http://proxy.example:3128').env[name]).toBeUndefined();
    },
  );

  it.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'])(
    'keeps %s from the program even if CACHE_EXTENSION_HTTPS_PROXY says environment',
    (name) => {
      const env = { CACHE_EXTENSION_HTTPS_PROXY: 'environment', [name]: 'http://127.0.0.1:9' };

      expect(launch({ kind, shell, env }).env[name]).toBeUndefined();
    },
  );

  it.each(['exec', 'unset', 'export', 'command', '[', 'echo', 'test', 'mapfile', 'readarray', 'set'])(
    'does not run an exported shell function called %s',
    (name) => {
      const witness = join(opt, `function-${kind}`);
      const body = `() { : > '${witness}'; builtin exit 3; }`;

      const { status, args } = launch({
        kind,
        shell,
        env: { [`BASH_FUNC_${name}%%`]: body, [`BASH_FUNC_${name}()`]: body },
      });

      expect(existsSync(witness)).toBe(false);
      expect([status, args]).toEqual([0, expect.any(Array)]);
    },
  );

  it.each([
    ['xtrace, with a PS4 that runs a program', { SHELLOPTS: 'xtrace', PS4: "$(: > 'WITNESS')" }],
    ['noexec', { SHELLOPTS: 'noexec' }],
    ['nounset and errexit', { SHELLOPTS: 'errexit:nounset:noclobber' }],
    ['BASHOPTS', { BASHOPTS: 'extdebug:failglob' }],
    ['ENV and BASH_ENV', { ENV: "$(: > 'WITNESS')", BASH_ENV: "$(: > 'WITNESS')" }],
    ['readonly names of bash', { UID: '0', EUID: '0', PPID: '1', BASH_VERSINFO: '1', GROUPS: '1' }],
  ])('starts the program, and nothing else, whatever shell options are inherited: %s', (_, given) => {
    const witness = join(opt, `option-${kind}`);
    const env = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replace('WITNESS', witness)]),
    );

    const { status, stderr, args } = launch({ kind, shell, env });

    expect([status, stderr, args]).toEqual([0, '', expect.any(Array)]);
    expect(existsSync(witness)).toBe(false);
  });

  it('can be called by a relative path', () => {
    for (const [cwd, path] of [
      [opt, `extensions/${kind}`],
      [`${opt}/extensions`, kind],
    ] as const) {
      expect(launch({ kind, shell, cwd, path })).toMatchObject({ status: 0, stderr: '' });
    }
  });
});

describe('the launcher of the node layer', () => {
  it('gives the program to the Node.js of PATH', () => {
    expect(launch({ kind: 'node' }).args?.[0]).toMatch(/\/dynamodb-cache\/extension\.cjs$/);
  });

  it('says what to do where there is no Node.js', () => {
    const { status, stderr } = launch({ kind: 'node', env: { PATH: '/nowhere' } });

    expect(status).toBe(127);
    expect(stderr).toContain('the standalone layer');
  });
});
