import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCacheYaml } from '../../../src/adapters/config/cache-yaml/cache-yaml.ts';
import { readEnvironment } from '../../../src/adapters/config/environment/environment.ts';
import { VARIABLES } from '../../../src/adapters/config/environment/variable-names.ts';
import { loadSettings } from '../../../src/adapters/config/load-settings.ts';
import { SettingsError } from '../../../src/adapters/config/settings.ts';
import { readYaml } from '../../../src/adapters/config/yaml/yaml-document.ts';
import { anyText } from '../../support/any-text.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'load-settings-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const full = fileURLToPath(new URL('fixtures/full.yaml', import.meta.url));
/** The settings that the file needs beside it. */
const WITH_FULL = { [VARIABLES.config]: full, [VARIABLES.journalTable]: 'my-journal' };

const TIER = { CACHE_EXTENSION_TIER_URL: 'redis://cache.example', CACHE_EXTENSION_JOURNAL_TABLE: 'journal' };

describe('loadSettings', () => {
  it('joins the environment and the file', async () => {
    const settings = await loadSettings({ ...WITH_FULL, CACHE_EXTENSION_PORT: '4001' });
    expect(settings).toMatchObject({ port: 4001, timeoutMs: 2000, tables: [{ name: 'Products' }] });
  });

  it('uses the lifetimes of the environment for tables without their own', async () => {
    await writeFile(join(directory, 'cache.yaml'), 'dynamodb: [{ table: abc, hashKey: id, ttl: 1s }]');
    const environment = { CACHE_EXTENSION_TTL: '2s', CACHE_EXTENSION_NEGATIVE_TTL: '3s' };
    expect((await loadSettings(environment, directory)).tables[0]?.lifetimes).toEqual({
      ttlMs: 1000,
      negativeTtlMs: 3000,
      staleWhileRevalidateMs: 0,
      staleIfErrorMs: 3_600_000,
    });
  });

  it('treats a table without a region as one in the region of the function', async () => {
    const text =
      'dynamodb: [{ table: abc, hashKey: id }, { table: abc, region: eu-west-1, hashKeyValue: x }]';
    await writeFile(join(directory, 'cache.yaml'), text);
    const settings = await loadSettings({ AWS_REGION: 'eu-west-1' }, directory);
    expect(settings.tables).toHaveLength(1);
    await expect(loadSettings({ AWS_REGION: 'us-east-1' }, directory)).rejects.toThrow(
      'region is "eu-west-1"',
    );
  });

  it.each([
    ['plain', '- table: ${T}\n    hashKey: id'],
    ['other', '- { table: "${T}", hashKey: id }'],
  ])('replaces references to variables in %s YAML', async (_, table) => {
    await writeFile(join(directory, 'cache.yaml'), `dynamodb:\n  ${table}\n`);
    expect((await loadSettings({ T: 'abc' }, directory)).tables).toMatchObject([{ name: 'abc' }]);
    await expect(loadSettings({}, directory)).rejects.toThrow('the environment variable T is not set');
  });

  it('reports the problems of both at once, one on a line', async () => {
    const path = join(directory, 'cache.yml');
    await writeFile(path, 'dynamodb:\n  - { table: abc }\n  - { table: xyz, hashKey: id, ttl: 1 }\n');
    const failure = loadSettings({ CACHE_EXTENSION_METRICS: 'on', CACHE_EXTENSION_PROT: '1' }, directory);
    const problems = [
      'CACHE_EXTENSION_METRICS is "on"; allowed: one of none, emf',
      'CACHE_EXTENSION_PROT is unknown (its value is not shown); did you mean CACHE_EXTENSION_PORT?',
      `${path}:2:5: dynamodb[0] has no hashKey, which is required where a table appears for the first time`,
      `${path}:3:37: dynamodb[1].ttl is "1"; allowed: a Go duration such as 30s, 3m or 1h30m (units ns, us, ms, s, m, h), at most about 292 years either way`,
    ];
    await expect(failure).rejects.toThrow(SettingsError);
    await expect(failure).rejects.toMatchObject({
      name: 'SettingsError',
      problems,
      message: [
        '4 problems with the settings:',
        ...problems,
        'Next: correct this, then check the file with: dynamodb-cache-extension validate cache.yml',
      ].join('\n'),
    });
  });

  it.each([
    ['a variable', { CACHE_EXTENSION_METRICS: 'on' }, 'dynamodb: [{ table: abc, hashKey: id }]'],
    ['a file that does not exist', { CACHE_EXTENSION_CONFIG: '/nowhere/cache.yaml' }, ''],
    ['a tier that no table can use', TIER, 'dynamodb: [{ table: abc, hashKey: id }]'],
  ])('does not advise to check the file if only this is wrong: %s', async (_, environment, text) => {
    await writeFile(join(directory, 'cache.yaml'), text);

    await expect(loadSettings(environment, directory)).rejects.toMatchObject({
      path: undefined,
      message: expect.stringMatching(
        /\nNext: correct this, then start again \(in Lambda: update the function\)$/,
      ),
    });
  });

  it('reports problems of the environment even if no file exists', async () => {
    await expect(loadSettings({ CACHE_EXTENSION_METRICS: 'on' }, directory)).rejects.toMatchObject({
      problems: [
        expect.stringMatching(/^CACHE_EXTENSION_METRICS is "on"/),
        expect.stringMatching(/^no cache\.yaml was found/),
      ],
    });
  });

  it('needs no file if an extension of AWS is replaced', async () => {
    const settings = await loadSettings(
      { CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets' },
      directory,
    );

    expect(settings.tables).toEqual([]);
    expect(settings.compatible).toEqual(new Map([['parameters-and-secrets', 2773]]));
    expect(settings.parametersSecretsExtension).toMatchObject({ isCaching: true, warnings: [] });
  });

  it('reads a file that exists nevertheless, and misses one that is named', async () => {
    const environment = { CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets' };
    await writeFile(join(directory, 'cache.yaml'), 'dynamodb: [{ table: abc, hashKey: id }]');

    expect((await loadSettings(environment, directory)).tables).toHaveLength(1);
    const named = { ...environment, CACHE_EXTENSION_CONFIG: join(directory, 'no.yaml') };
    await expect(loadSettings(named, directory)).rejects.toThrow('but no file exists there');
  });

  it('reports problems of the environment even if no file is needed', async () => {
    const environment = { CACHE_EXTENSION_COMPATIBILITY: 'appconfig', CACHE_EXTENSION_METRICS: 'on' };

    await expect(loadSettings(environment, directory)).rejects.toMatchObject({
      problems: ['CACHE_EXTENSION_METRICS is "on"; allowed: one of none, emf'],
    });
  });

  it.each([
    ['SECRETS_MANAGER_TTL', "AWS's Parameters and Secrets extension", 'parameters-and-secrets'],
    [
      'SSM_PARAMETER_STORE_TIMEOUT_MILLIS',
      "AWS's Parameters and Secrets extension",
      'parameters-and-secrets',
    ],
    [
      'PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL',
      "AWS's Parameters and Secrets extension",
      'parameters-and-secrets',
    ],
    ['AWS_APPCONFIG_EXTENSION_PREFETCH_LIST', "AWS's AppConfig Agent extension", 'appconfig'],
  ])('advises on %s if there is no file', async (variable, extension, word) => {
    await expect(loadSettings({ [variable]: '1' }, directory)).rejects.toMatchObject({
      problems: [
        expect.stringMatching(/^no cache\.yaml was found/),
        `${variable} is set, a variable of ${extension}; to replace that extension without a cache.yaml, set CACHE_EXTENSION_COMPATIBILITY=${word}`,
      ],
    });
  });

  it.each([{}, { SECRETS_MANAGER_ARN: 'arn' }, { SSM_PARAMETER_STORE_PATH: '/shop' }])(
    'speaks of one problem in the singular, and takes no variable of the function for one of AWS: %j',
    async (environment) => {
      await expect(loadSettings(environment, directory)).rejects.toThrow(
        /^1 problem with the settings:\nno cache\.yaml/,
      );
    },
  );
});

/** Text that comes near what is wanted, so that all parts of the reading are reached. */
const yamlLike = (): fc.Arbitrary<string> => {
  const word = fc.oneof(
    fc.constantFrom(
      'dynamodb',
      'table',
      'name',
      'hashKey',
      'HASHKEYTYPE',
      'sortKey',
      'keys',
      'hash',
      'sort',
      'ttl',
    ),
    fc.constantFrom(
      'abc',
      'N',
      'B',
      '5m',
      '1',
      '',
      '~',
      '*a',
      '&a x',
      '!!int 1',
      '"',
      '|',
      '\t',
      '---',
      '<<',
      '%X',
    ),
    anyText({ maxLength: 4 }),
  );
  const glue = fc.constantFrom(
    ': ',
    ':\n  ',
    '\n  - ',
    '\n    ',
    ', ',
    '{ ',
    ' }',
    '[',
    ']',
    '\n',
    ' # ',
    '? ',
  );
  return fc.array(fc.tuple(word, glue), { maxLength: 40 }).map((parts) => parts.flat().join(''));
};

/** Entries of the right form with values that are right more often than not. */
const entries = () => {
  const value = fc.oneof(
    fc.constantFrom('abc', 'xyz', 'id', 'N', '5m', '1', 'all', 'keys', 'true'),
    fc.string(),
  );
  const name = fc.constantFrom('name', 'hashKey', 'hashKeyType', 'sortKey', 'hashKeyValue', 'sortKeyValue');
  const entry = fc.dictionary(fc.oneof(name, fc.constantFrom('fields', 'preload', 'ttl', 'region')), value);
  return fc
    .array(fc.tuple(fc.constantFrom('abc', 'xyz'), entry), { minLength: 1, maxLength: 5 })
    .map((list) =>
      JSON.stringify({ dynamodb: list.map(([table, rest]) => ({ hashKey: 'id', ...rest, table })) }),
    );
};

describe('whatever is written', () => {
  it.each(['\u2028', '\u2029'])('shows the line end %j as an escape', (text) => {
    const { lifetimes } = readEnvironment({}).settings;
    const { problems } = readCacheYaml('f', readYaml(text), { lifetimes, region: 'eu-west-1' });
    expect(problems).toEqual([expect.stringContaining(`"\\u${text.charCodeAt(0).toString(16)}"`)]);
  });

  it('in the file, the outcome is tables or problems that say where they are', () => {
    const { lifetimes } = readEnvironment({}).settings;
    fc.assert(
      fc.property(fc.oneof(yamlLike(), entries(), anyText({ maxLength: 200 })), (text) => {
        const { tables, problems } = readCacheYaml('f', readYaml(text), { lifetimes, region: 'eu-west-1' });
        expect(problems.length > 0 || tables.length > 0).toBe(true);
        for (const problem of problems) expect(problem).toMatch(/^(f:\d+:\d+: .+|and \d+ more problems)$/);
      }),
      { numRuns: 400 },
    );
  });

  it('in the file, byte for byte, the outcome is settings or a SettingsError', async () => {
    const path = join(directory, 'cache.yaml');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
        await writeFile(path, bytes);
        const outcome = await loadSettings({}, directory).catch((error: unknown) => error);
        expect(outcome instanceof SettingsError || 'tables' in Object(outcome)).toBe(true);
      }),
    );
  });

  it('in the environment, the outcome is settings or a SettingsError with a problem for each wrong variable', async () => {
    const name = fc.constantFrom(
      ...Object.values(VARIABLES).filter((each) => !Object.hasOwn(WITH_FULL, each)),
    );
    const value = fc.oneof(fc.string(), fc.constantFrom('1', '70000', '5m', 'true', 'none', 'http://db'));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value), async (environment) => {
        const outcome: unknown = await loadSettings({ ...environment, ...WITH_FULL }).catch(
          (error: unknown) => error,
        );
        if (!(outcome instanceof SettingsError)) {
          expect(outcome).toHaveProperty('tables');
          return;
        }
        const named = outcome.problems.map((problem) => problem.split(' ')[0]);
        expect(new Set(named).size).toBe(named.length);
        expect(Object.keys(environment)).toEqual(expect.arrayContaining(named));
      }),
    );
  });
});
