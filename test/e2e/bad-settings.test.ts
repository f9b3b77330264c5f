import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { type ExtensionOptions, prepareExtension } from '../support/e2e/start-extension.ts';
import { freePort } from '../support/free-port.ts';

/** Where nobody is ever asked for anything. */
const endpoint = 'http://127.0.0.1:9';
/** What helps where `validate` would find nothing wrong. */
const RESTART = 'Next: correct this, then start again (in Lambda: update the function)';
const GOOD_YAML = 'dynamodb:\n  - { table: Things, hashKey: id }\n';

let extension: ExtensionUnderTest;
let stranger: Server | undefined;

afterEach(async () => {
  await extension.close();
  stranger?.close();
});

/** Starts the program, sees it refuse, and gives the lines that it wrote to stderr. */
const refusal = async (options: Omit<ExtensionOptions, 'endpoint'>): Promise<readonly string[]> => {
  extension = await prepareExtension({ endpoint, ...options });
  const { lambda } = extension;
  await expect(lambda.init()).rejects.toMatchObject({ errorType: 'Extension.InitError' });

  expect(lambda.exit).toMatchObject({ code: 1, signal: null });
  expect(lambda.journal.order('registered', 'init-error', 'exit')).toEqual([
    'registered',
    'init-error',
    'exit',
  ]);
  const lines = lambda.journal.entries.filter(({ kind, stream }) => kind === 'output' && stream === 'stderr');
  const report = lambda.journal.find('init-error');
  expect(report?.errorType).toBe('Extension.InvalidSettings');
  const { errorMessage } = JSON.parse(String(report?.body));
  const written = lines.map(({ line }) => String(line));
  expect(written.join('\n')).toBe(errorMessage);
  return written;
};

it('everything that is wrong is said at once, each with its place, what was given and what is allowed', async () => {
  const cacheYaml = `dynamodb:
  - table: Products
    hashKey: pKey
    hashkeytype: X
    ttl: soon
  - table: Orders
    hashKey: id
    sortKeys: at
  - hashKey: id
parameters: []
`;
  const lines = await refusal({
    cacheYaml,
    env: {
      CACHE_EXTENSION_TTL: '5 minutes',
      CACHE_EXTENSION_INIT_STARTUP: 'yes',
      CACHE_EXTENSION_MAX_BYTES: '1',
      CACHE_EXTENSION_LOGLEVEL: 'info',
    },
  });

  const at = (place: string, ...parts: string[]) =>
    expect.stringMatching(new RegExp(`/cache\\.yaml:${place}: ${parts.join('.*')}`));
  expect(lines).toEqual([
    '9 problems with the settings:',
    expect.stringMatching(/^CACHE_EXTENSION_MAX_BYTES is "1"; allowed: a whole number from 65536 to /),
    expect.stringMatching(/^CACHE_EXTENSION_INIT_STARTUP is "yes"; allowed: .*true/),
    expect.stringMatching(/^CACHE_EXTENSION_TTL is "5 minutes"; allowed: .*duration/),
    expect.stringMatching(/^CACHE_EXTENSION_LOGLEVEL is unknown.*; did you mean CACHE_EXTENSION_LOG_LEVEL\?/),
    at('4:18', 'dynamodb\\[0\\]\\.hashKeyType is "X"', 'allowed: one of S, N, B'),
    at('5:10', 'dynamodb\\[0\\]\\.ttl is "soon"', 'allowed: .*duration'),
    at('8:5', 'dynamodb\\[1\\]\\.sortKeys is unknown', 'did you mean sortKey\\?'),
    at('9:5', 'dynamodb\\[2\\] has no table, which is required'),
    at('10:13', 'parameters is an empty list', 'allowed: a list of at least one parameter'),
    expect.stringMatching(/^Next: correct this, .* with: dynamodb-cache-extension validate .*cache\.yaml$/),
  ]);
});

describe('a file that is not there', () => {
  it('is said to be missing where the variable says it is', async () => {
    const path = '/nowhere/cache.yaml';

    const lines = await refusal({ cacheYaml: GOOD_YAML, env: { CACHE_EXTENSION_CONFIG: path } });

    expect(lines).toEqual([
      '1 problem with the settings:',
      `CACHE_EXTENSION_CONFIG is "${path}", but no file exists there; allowed: the path of a cache.yaml`,
      RESTART,
    ]);
  });

  it('is said to be missing from all the places that were looked at', async () => {
    const lines = await refusal({ cacheYaml: GOOD_YAML, env: { CACHE_EXTENSION_CONFIG: '' } });

    expect(lines[1]).toMatch(
      /^no cache\.yaml was found, tried \/var\/task\/cache\.yaml and \/var\/task\/cache\.yml; /,
    );
  });
});

it('a file that is no YAML is said not to be, with its place', async () => {
  const lines = await refusal({ cacheYaml: 'dynamodb:\n  - table: "Things\n' });

  expect(lines[1]).toMatch(/\/cache\.yaml:\d+:\d+: cannot be read as YAML: /);
});

it('a port that stays taken is said to be, beside all else that is wrong', async () => {
  const port = await freePort();
  stranger = createServer().listen(port, '127.0.0.1');

  const lines = await refusal({ cacheYaml: 'dynamodb: []', port });

  expect(lines).toEqual([
    '2 problems with the settings:',
    expect.stringContaining('a list of at least one table'),
    `CACHE_EXTENSION_PORT: port ${port} is taken by another program: stop that program, or choose another port`,
    expect.stringMatching(/^Next: correct this, .* with: dynamodb-cache-extension validate .*cache\.yaml$/),
  ]);
});

it('an impossible port is said to be one', async () => {
  const lines = await refusal({ cacheYaml: GOOD_YAML, env: { CACHE_EXTENSION_PORT: '65536' } });

  expect(lines).toEqual([
    '1 problem with the settings:',
    'CACHE_EXTENSION_PORT is "65536"; allowed: a whole number from 1 to 65535',
    RESTART,
  ]);
});

it('a port that stays taken is all that is wrong, and the file need not be checked', async () => {
  const port = await freePort();
  stranger = createServer().listen(port, '127.0.0.1');

  const lines = await refusal({ cacheYaml: GOOD_YAML, port });

  expect(lines).toEqual([
    '1 problem with the settings:',
    `CACHE_EXTENSION_PORT: port ${port} is taken by another program: stop that program, or choose another port`,
    RESTART,
  ]);
});

it('the extension itself is not accepted as the place where DynamoDB is', async () => {
  const port = await freePort();

  const lines = await refusal({
    cacheYaml: GOOD_YAML,
    port,
    env: { CACHE_EXTENSION_DYNAMODB_ENDPOINT: `http://localhost:${port}` },
  });

  expect(lines[1]).toMatch(/^CACHE_EXTENSION_DYNAMODB_ENDPOINT is .*other than that of this extension$/);
});
