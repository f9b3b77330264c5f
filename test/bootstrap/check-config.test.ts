import { describe, expect, it } from '@jest/globals';
import { checkConfigText, permissionsOfRole, policyForConfig } from '../../src/bootstrap/check-config.ts';

const TEXT = `dynamodb:
  - { table: Things, hashKey: id, staleIfError: 0s }
parameters:
  - { names: [/a, /b], ttl: 0s, staleIfError: 0s }
  - { path: /shop }
secrets:
  items: [{ id: prod/db }]
`;

const actionsOf = (text: string, environment?: Record<string, string>) =>
  policyForConfig(checkConfigText(text, { environment })).Statement.flatMap(({ Action }) => Action);

describe('a cache.yaml with all sections', () => {
  it('is read with its lifetimes, and the defaults of values', () => {
    const { problems, parameters, secrets } = checkConfigText(TEXT, {
      environment: { CACHE_EXTENSION_TTL: '1h', CACHE_EXTENSION_STALE_IF_ERROR: '2h' },
    });

    expect(problems).toEqual([]);
    expect(parameters).toMatchObject([
      { names: ['/a', '/b'], lifetimes: { ttlMs: 0, staleIfErrorMs: 0 } },
      { path: '/shop', lifetimes: { ttlMs: 300_000, staleIfErrorMs: 7_200_000 } },
    ]);
    expect(secrets).toMatchObject([{ ids: ['prod/db'], lifetimes: { ttlMs: 300_000 } }]);
  });

  it('gets a policy with the permissions of all sections, with those of the preload if it is enabled', () => {
    expect(actionsOf(TEXT, { CACHE_EXTENSION_INIT_STARTUP: 'true' })).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Scan',
      'ssm:GetParameter',
      'ssm:GetParameters',
      'ssm:GetParametersByPath',
      'secretsmanager:GetSecretValue',
      'secretsmanager:BatchGetSecretValue',
    ]);
    expect(actionsOf(TEXT, { CACHE_EXTENSION_STALE_IF_ERROR: '0s' })).toEqual([
      'dynamodb:GetItem',
      'ssm:GetParameter',
      'secretsmanager:GetSecretValue',
    ]);
  });

  it('gets the permissions for configurations: of each one with ids, of all if one has names', () => {
    const statementsFor = (profile: string) =>
      policyForConfig(
        checkConfigText(`appConfig:
  - { application: abc1234, environment: def5678, profile: ${profile}, region: eu-west-1 }
  - { application: abc1234, environment: def5678, profile: jkl3456, roleArn: 'arn:aws:iam::111122223333:role/reader' }
`),
        { account: '123456789012' },
      ).Statement.map(({ Action, Resource }) => [...Action, ...Resource]);
    const of = (resource: string) => `arn:aws:appconfig:eu-west-1:123456789012:application/${resource}`;
    const both = (arn: string) => [
      ['appconfig:StartConfigurationSession', arn],
      ['appconfig:GetLatestConfiguration', arn],
      ['sts:AssumeRole', 'arn:aws:iam::111122223333:role/reader'],
    ];

    expect(statementsFor('ghi9012')).toEqual(both(of('abc1234/environment/def5678/configuration/ghi9012')));
    for (const name of ['flags', 'feature', 'level-1', 'ABC1234', 'abc12345'])
      expect(statementsFor(name)).toEqual(both(of('*/environment/*/configuration/*')));
  });

  it('gives the role of a configuration its permissions', () => {
    const roleArn = 'arn:aws:iam::111122223333:role/reader';
    const checked = checkConfigText(
      `appConfig:\n  - { application: a, environment: b, profile: c, roleArn: '${roleArn}' }\n`,
    );

    expect(permissionsOfRole(checked, roleArn).Statement.map(({ Sid }) => Sid)).toEqual([
      'StartConfigurationSession',
      'GetLatestConfiguration',
    ]);
  });

  it('may be absent, so that only the environment is checked', () => {
    expect(checkConfigText(undefined, { environment: {} })).toMatchObject({ problems: [], tables: [] });
    expect(checkConfigText(undefined)).toMatchObject({ problems: [], tables: [] });
    expect(checkConfigText(undefined, { environment: { CACHE_EXTENSION_TTL: 'x' } }).problems).toHaveLength(
      1,
    );
  });

  it('gets a policy for any environment if that of the function is unknown', () => {
    expect(actionsOf(TEXT)).toEqual(expect.arrayContaining(['ssm:GetParametersByPath', 'dynamodb:Scan']));
  });

  it.each([
    ['no table needs the journal', {}, 'ttl', []],
    ['a table needs the journal', {}, 'invocation', ['dynamodb:Query', 'dynamodb:UpdateItem']],
    [
      'the variable says so for all tables',
      { CACHE_EXTENSION_COHERENCE: '1s' },
      undefined,
      ['dynamodb:Query', 'dynamodb:UpdateItem'],
    ],
  ])(
    'gets a policy for the journal of the environment only if needed: %s',
    (_, given, coherence, actions) => {
      const text = `dynamodb: [{ table: Things, hashKey: id, staleIfError: 0s${coherence === undefined ? '' : `, coherence: ${coherence}`} }]`;
      const environment = { CACHE_EXTENSION_JOURNAL_TABLE: 'my-journal', ...given };

      expect(actionsOf(text, environment)).toEqual(['dynamodb:GetItem', ...actions]);
    },
  );

  it.each([
    'parameters: { coherence: invocation }',
    'parameters: [{ name: /a, staleIfError: 0s, preload: false, coherence: 1s }]',
    'secrets: { coherence: 1s }',
  ])('gets a policy for the journal without a table, for %s', (text) => {
    const environment = { CACHE_EXTENSION_JOURNAL_TABLE: 'my-journal' };
    const { Statement } = policyForConfig(checkConfigText(text, { environment }));
    const onJournal = Statement.filter(({ Resource }) => String(Resource).endsWith(':table/my-journal'));

    expect(onJournal.flatMap(({ Action }) => Action)).toEqual(['dynamodb:Query', 'dynamodb:UpdateItem']);
  });

  it.each(['parameters: { coherence: ttl }', 'secrets: [{ id: a }]'])(
    'gets a policy without the journal for %s, whatever the variable says of tables',
    (text) => {
      const environment = {
        CACHE_EXTENSION_JOURNAL_TABLE: 'my-journal',
        CACHE_EXTENSION_COHERENCE: 'invocation',
      };

      expect(actionsOf(text, environment)).not.toContain('dynamodb:Query');
    },
  );

  it('has no contents if it has problems', () => {
    expect(checkConfigText('parameters:\n  - { name: a, path: /b }\n')).toMatchObject({
      problems: [expect.stringContaining('cache.yaml:2:5')],
      parameters: [],
      secrets: [],
    });
  });
});
