import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readAgentManifest } from '../../../../src/adapters/config/environment/agent-manifest.ts';
import { readEnvironment } from '../../../../src/adapters/config/environment/environment.ts';

const VARIABLE = 'AWS_APPCONFIG_EXTENSION_MANIFEST';
const ROLE_ARN = 'arn:aws:iam::111122223333:role/reader';
const FLAGS = { application: 'shop', environment: 'prod', profile: 'flags' };

const withFeatures = (features: unknown): string => JSON.stringify({ 'shop:prod:flags': features });
const withCredentials = (credentials: unknown): string => withFeatures({ credentials });

/** Calls `use` with a file that contains `text`. */
const inFile = <Result>(text: string, use: (path: string) => Result): Result => {
  const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
  try {
    writeFileSync(join(folder, 'manifest.json'), text);
    return use(join(folder, 'manifest.json'));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

describe("the manifest of AWS's AppConfig Agent", () => {
  it('gives each configuration its role', () => {
    const text = JSON.stringify({
      'shop:test:allowed': {},
      'shop:prod:flags': {
        credentials: {
          roleArn: ROLE_ARN,
          roleExternalId: '00b148e2-4ea4-46a1-ab0f-c422b54d0aac',
          roleSessionName: 'AWSAppConfigAgent',
          credentialsDuration: '2h',
        },
      },
    });

    expect(readAgentManifest(text)).toMatchObject({
      entries: [
        { application: 'shop', environment: 'test', profile: 'allowed' },
        {
          ...FLAGS,
          role: {
            roleArn: ROLE_ARN,
            externalId: '00b148e2-4ea4-46a1-ab0f-c422b54d0aac',
            sessionName: 'AWSAppConfigAgent',
          },
        },
      ],
      warnings: [],
      problems: [],
    });
  });

  it('is read from a file as well', () => {
    const text = withCredentials({ roleArn: ROLE_ARN });
    const entries = [{ ...FLAGS, role: { roleArn: ROLE_ARN } }];

    for (const prefix of ['file:', 'file://'])
      expect(inFile(text, (path) => readAgentManifest(prefix + path))).toMatchObject({
        entries,
        problems: [],
      });
    expect(readAgentManifest(undefined)).toMatchObject({ entries: [], warnings: [], problems: [] });
  });

  it('may name a region and an interval, which the agent does not know', () => {
    expect(readAgentManifest(withFeatures({ region: 'us-east-1', pollInterval: '2m' }))).toMatchObject({
      entries: [{ ...FLAGS, region: 'us-east-1', pollIntervalMs: 120_000 }],
      warnings: [],
      problems: [],
    });
  });

  it.each([
    ['writeTo', { writeTo: { path: '/tmp/hidden' } }, 'writeTo, a feature of entry 1, is not supported'],
    ['backup', { backup: 'hidden' }, 'backup, a feature of entry 1, is not supported'],
    ['an unknown feature', { hidden: {} }, 'a feature of entry 1 is not supported'],
    ['an interval', { pollInterval: 'soon' }, 'pollInterval of entry 1 is "soon"; allowed: seconds'],
  ])('is used without %s, which is a warning', (_, features, warning) => {
    const { entries, warnings, problems } = readAgentManifest(
      withFeatures({ ...features, credentials: { roleArn: ROLE_ARN } }),
    );

    expect(entries).toMatchObject([{ ...FLAGS, role: { roleArn: ROLE_ARN } }]);
    expect(warnings).toEqual([expect.stringContaining(`${VARIABLE}: ${warning}`)]);
    expect(warnings[0]).not.toContain('hidden');
    expect(problems).toEqual([]);
  });

  it.each([
    [
      'no JSON',
      '{hidden',
      'is not a JSON object in which each name occurs once; allowed: the JSON of a manifest, or file:',
    ],
    ['a list', '["hidden"]', 'is not a JSON object in which each name occurs once; allowed'],
    [
      'a name twice',
      '{"a:b:hidden":{},"a:b:hidden":{}}',
      'is not a JSON object in which each name occurs once; allowed',
    ],
    ['a configuration', 'app:env:hidden', 'names a configuration of AppConfig .*; allowed: the JSON'],
    ['a missing file', 'file:/hidden.json', 'is a file that cannot be read \\(ENOENT\\); allowed'],
    ['a folder', 'file:/tmp', 'is a file that cannot be read \\(EISDIR\\); allowed'],
    ['another name', '{"a:b:c":{},"hidden":{}}', 'is not usable: the name of entry 2 .*Application:Environ'],
    ['no features', withFeatures('hidden'), 'is not usable: entry 1 .*an object with the features'],
    ['no role', withCredentials({}), 'is not usable: credentials of entry 1 .*with roleArn'],
    ['no object', withCredentials('hidden'), 'is not usable: credentials of entry 1 .*with roleArn'],
    [
      'a profile of the shared files',
      withCredentials({ roleArn: ROLE_ARN, profileName: 'hidden' }),
      'is not usable: credentials of entry 1 .*only roleArn, roleExternalId, roleSessionName',
    ],
    [
      'a malformed ARN',
      withCredentials({ roleArn: 'arn:aws:us-west-1:iam::123456789012:role/hidden' }),
      'is not usable: roleArn in credentials of entry 1 .*allowed: the ARN of an IAM role',
    ],
    [
      'a malformed external id',
      withCredentials({ roleArn: ROLE_ARN, roleExternalId: 'hidden id' }),
      'is not usable: roleExternalId in credentials of entry 1 .*allowed: 2 to 1224',
    ],
    [
      'a malformed session name',
      withCredentials({ roleArn: ROLE_ARN, roleSessionName: 'hidden name' }),
      'is not usable: roleSessionName in credentials of entry 1 .*allowed: 2 to 64',
    ],
    [
      'a malformed region',
      withFeatures({ region: 'hidden' }),
      'is not usable: region of entry 1 .*AWS region',
    ],
    [
      'too many roles',
      JSON.stringify(
        Object.fromEntries(
          Array.from({ length: 21 }, (_, index) => [
            `a:b:${index}`,
            { credentials: { roleArn: `${ROLE_ARN}${index}` } },
          ]),
        ),
      ),
      'names 21 roles; allowed: at most 20',
    ],
  ])('is a problem with %s, because another identity might read', (_, manifest, problem) => {
    const { problems, settings } = readEnvironment({
      CACHE_EXTENSION_COMPATIBILITY: 'appconfig',
      [VARIABLE]: manifest,
    });

    expect(problems).toEqual([expect.stringMatching(`^${VARIABLE} ${problem}`)]);
    expect(problems[0]).not.toContain('hidden');
    expect(settings.appConfigAgent?.warnings).toEqual([]);
  });

  it('is a problem in a file that contains something else', () => {
    expect(inFile('hidden', (path) => readAgentManifest(`file:${path}`)).problems).toEqual([
      expect.stringContaining('is a file that is not a JSON object in which each name occurs once; allowed'),
    ]);
    expect(inFile('x'.repeat(1_048_577), (path) => readAgentManifest(`file:${path}`)).problems).toEqual([
      expect.stringContaining('is a file of more than 1048576 bytes; allowed'),
    ]);
  });
});
