import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readCacheYaml } from '../../../../src/adapters/config/cache-yaml/cache-yaml.ts';
import { checkCacheYaml } from '../../../../src/adapters/config/cache-yaml/check-cache-yaml.ts';
import {
  listedParameters,
  listedSecrets,
  parametersSection,
  secretsSection,
} from '../../../../src/adapters/config/cache-yaml/value-sections.ts';
import { readPlainYaml } from '../../../../src/adapters/config/yaml/plain-yaml.ts';
import { readYaml } from '../../../../src/adapters/config/yaml/yaml-document.ts';

const SECTIONS = [parametersSection, secretsSection];
const lifetimes = { ttlMs: 1, negativeTtlMs: 2, staleWhileRevalidateMs: 3, staleIfErrorMs: 4 };

const read = (text: string) => {
  const yaml = readCacheYaml('f', readYaml(text), { lifetimes, region: undefined }, SECTIONS);
  const plain = readPlainYaml(text);
  if (plain !== undefined) {
    expect(readCacheYaml('f', plain, { lifetimes, region: undefined }, SECTIONS)).toEqual(yaml);
  }
  return yaml;
};
const parametersIn = (text: string) => {
  const yaml = read(text);
  expect(yaml.problems).toEqual([]);
  return listedParameters(yaml, lifetimes);
};
const secretsIn = (text: string) => {
  const yaml = read(text);
  expect(yaml.problems).toEqual([]);
  return listedSecrets(yaml, lifetimes);
};
const BY_DEFAULT = { preload: true, lifetimes };

describe('the section of parameters', () => {
  it('reads the older form as it is', () => {
    const text = readFileSync(new URL('../fixtures/older-parameters.yaml', import.meta.url), 'utf8');

    expect(parametersIn(text)).toEqual({
      listed: [
        { names: ['Parameter1'], region: 'us-west-2', ...BY_DEFAULT },
        { names: ['Parameter2', 'Parameter3'], region: 'us-east-1', ...BY_DEFAULT },
      ],
      onDemand: true,
    });
  });

  it('reads all settings of an entry, in any letter case of their names', () => {
    expect(
      parametersIn(
        'Parameters: [{ PATH: /shop/prod, region: eu-west-1, preload: false, ttl: 1s, NegativeTTL: 2s, staleWhileRevalidate: 3s, staleIfError: 0 }]',
      ),
    ).toEqual({
      listed: [
        {
          names: [],
          path: '/shop/prod',
          region: 'eu-west-1',
          preload: false,
          lifetimes: { ttlMs: 1000, negativeTtlMs: 2000, staleWhileRevalidateMs: 3000, staleIfErrorMs: 0 },
        },
      ],
      onDemand: true,
    });
  });

  it('gives entries the settings of the section, unless they have their own', () => {
    const text = `
parameters:
  onDemand: false
  region: us-west-2
  preload: false
  ttl: 1m
  items:
    - name: a
    - names: [b, 'arn:aws:ssm:eu-west-1:123456789012:parameter/c', d:1, d:Dev]
      region: us-east-1
      preload: true
      ttl: 0`;
    expect(parametersIn(text)).toEqual({
      listed: [
        { names: ['a'], region: 'us-west-2', preload: false, lifetimes: { ...lifetimes, ttlMs: 60_000 } },
        {
          names: ['b', 'arn:aws:ssm:eu-west-1:123456789012:parameter/c', 'd:1', 'd:Dev'],
          region: 'us-east-1',
          preload: true,
          lifetimes: { ...lifetimes, ttlMs: 0 },
        },
      ],
      onDemand: false,
    });
  });

  it.each(['parameters: {}', 'parameters: { items: [] }', 'parameters: { items: null, ttl: null }'])(
    'lists nothing, and serves everything: %s',
    (text) => {
      expect(parametersIn(text)).toEqual({ listed: [], onDemand: true });
    },
  );

  it('is absent if the file has other sections only', () => {
    expect(parametersIn('secrets: [{ id: db }]')).toBeUndefined();
    expect(parametersIn('parameters: null\nsecrets: [{ id: db }]')).toBeUndefined();
    expect(parametersIn('dynamodb: [{ table: abc, hashKey: id }]')).toBeUndefined();
  });

  it('treats null as absent in entries', () => {
    expect(parametersIn('parameters: [{ name: a, names: null, path: ~, ttl: , region: null }]')).toEqual({
      listed: [{ names: ['a'], ...BY_DEFAULT }],
      onDemand: true,
    });
  });
});

describe('the section of secrets', () => {
  it('reads lists, stages and the settings of the section', () => {
    const text = `
secrets:
  items:
    - id: db
      stage: AWSPREVIOUS
    - ids: [prod/api, 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf']
      preload: false
      region: eu-central-1
  onDemand: false
  staleIfError: 5m`;
    const own = { ...lifetimes, staleIfErrorMs: 300_000 };
    expect(secretsIn(text)).toEqual({
      listed: [
        { ids: ['db'], stage: 'AWSPREVIOUS', preload: true, lifetimes: own },
        {
          ids: ['prod/api', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf'],
          region: 'eu-central-1',
          preload: false,
          lifetimes: own,
        },
      ],
      onDemand: false,
    });
    expect(secretsIn('secrets: [{ id: a }]')?.listed).toEqual([{ ids: ['a'], ...BY_DEFAULT }]);
    expect(secretsIn('secrets: [{ ids: [a, a/] }]')?.listed).toEqual([{ ids: ['a', 'a/'], ...BY_DEFAULT }]);
    expect(secretsIn('parameters: [{ name: a }]')).toBeUndefined();
  });
});

const NAME = 'a name or ARN of a parameter, without white space, * and ?, such as /shop/host or /shop/host:1';
const HOSTILE_ARN = 'arn:aws:ssm:host.example/:1:parameter/x';
const ENTRY = 'a mapping with either name, names or path';
const REGION = 'an AWS region such as eu-west-1';
const DURATION =
  'a Go duration such as 30s, 3m or 1h30m (units ns, us, ms, s, m, h), at most about 292 years either way';
const BOOL = 'one of 1, t, T, true, TRUE, True, 0, f, F, false, FALSE, False';
const ONCE = 'each name once; for several regions, ARNs';
const ANY = 'a mapping with at least one of dynamodb, parameters, secrets';

const NO_SECTION =
  'the file has no section with contents (those that are null or begin with x- do not count)';

describe('a wrong value', () => {
  it.each([
    ['parameters: []', '1:13: parameters is an empty list; allowed: a list of at least one parameter'],
    [
      'parameters: x',
      '1:13: parameters is "x"; allowed: a list of at least one parameter, or a mapping with items',
    ],
    ['parameters: { items: x }', '1:22: parameters.items is "x"; allowed: a list of parameters'],
    ['parameters: [x]', `1:14: parameters[0] is "x"; allowed: ${ENTRY}`],
    ['parameters: [{}]', `1:14: parameters[0] is an empty mapping; allowed: ${ENTRY}`],
    ['parameters: [{ ttl: 1s }]', `1:14: parameters[0] is a mapping; allowed: ${ENTRY}`],
    ['parameters: [{ name: a, path: /b }]', `1:14: parameters[0] is a mapping; allowed: ${ENTRY}`],
    ['parameters: [{ name: a, names: [b] }]', `1:14: parameters[0] is a mapping; allowed: ${ENTRY}`],
    ['parameters: [{ name: [a] }]', `1:22: parameters[0].name is a list; allowed: ${NAME}`],
    ['parameters: [{ name: "a b" }]', `1:22: parameters[0].name is "a b"; allowed: ${NAME}`],
    ['parameters: [{ name: "/shop/*" }]', `1:22: parameters[0].name is "/shop/*"; allowed: ${NAME}`],
    ['parameters: [{ names: [/a?] }]', `1:24: parameters[0].names[0] is "/a?"; allowed: ${NAME}`],
    [
      'secrets: [{ id: "prod/*" }]',
      '1:17: secrets[0].id is "prod/*"; allowed: a name or ARN of a secret, without white space, * and ?',
    ],
    ['parameters: [{ name: "" }]', `1:22: parameters[0].name is empty; allowed: ${NAME}`],
    ['parameters: [{ name: "a:" }]', `1:22: parameters[0].name is "a:"; allowed: ${NAME}`],
    ['parameters: [{ names: [":1"] }]', `1:24: parameters[0].names[0] is ":1"; allowed: ${NAME}`],
    [
      `parameters: [{ names: ["${HOSTILE_ARN}"] }]`,
      `1:24: parameters[0].names[0] is "${HOSTILE_ARN}"; allowed: ${NAME}`,
    ],
    ['parameters: [{ names: a }]', '1:23: parameters[0].names is "a"; allowed: a list of names'],
    [
      'parameters: [{ names: [] }]',
      '1:23: parameters[0].names is an empty list; allowed: a list of at least one name',
    ],
    ['parameters: [{ names: [a, null] }]', `1:27: parameters[0].names[1] is null; allowed: ${NAME}`],
    [
      'parameters: [{ path: shop }]',
      '1:22: parameters[0].path is "shop"; allowed: a path such as /shop/prod',
    ],
    ['parameters: [{ name: a, region: "EU" }]', `1:33: parameters[0].region is "EU"; allowed: ${REGION}`],
    ['parameters: [{ name: a, ttl: 5 }]', `1:30: parameters[0].ttl is "5"; allowed: ${DURATION}`],
    ['parameters: [{ name: a, preload: often }]', `1:34: parameters[0].preload is "often"; allowed: ${BOOL}`],
    ['parameters: { onDemand: maybe }', `1:25: parameters.onDemand is "maybe"; allowed: ${BOOL}`],
    ['secrets: []', '1:10: secrets is an empty list; allowed: a list of at least one secret'],
    ['secrets: [{ ids: [] }]', '1:18: secrets[0].ids is an empty list; allowed: a list of at least one id'],
    [
      'secrets: [{ id: a, ids: [b] }]',
      '1:11: secrets[0] is a mapping; allowed: a mapping with either id or ids',
    ],
    [
      `secrets: [{ id: "${HOSTILE_ARN}" }]`,
      `1:17: secrets[0].id is "${HOSTILE_ARN}"; allowed: a name or ARN of a secret, without white space, * and ?`,
    ],
    [
      'secrets: [{ id: "a\\u0085b" }]',
      expect.stringMatching(
        /^f:1:17: secrets\[0\]\.id is .*; allowed: a name or ARN of a secret, without white space, \* and \?$/,
      ),
    ],
    ['secrets: [{ stage: x }]', '1:11: secrets[0] is a mapping; allowed: a mapping with either id or ids'],
    [
      'secrets: [{ id: a, stage: "b c" }]',
      '1:27: secrets[0].stage is "b c"; allowed: the label of a stage, such as AWSPREVIOUS',
    ],
    ['{}', `1:1: the file is an empty mapping; allowed: ${ANY}`],
    ['dynamodb: null', `1:1: ${NO_SECTION}; allowed: ${ANY}`],
    ['parameters:\nsecrets: ~', `1:1: ${NO_SECTION}; allowed: ${ANY}`],
    ['x-defaults: { ttl: 1s }', `1:1: ${NO_SECTION}; allowed: ${ANY}`],
    ['', `1:1: the file is empty; allowed: ${ANY}`],
  ])('in %s is reported with its place', (text, problem) => {
    expect(read(text).problems).toEqual([typeof problem === 'string' ? `f:${problem}` : problem]);
  });

  it.each([
    ['parameters: [{ nmae: a }]', /^f:1:16: parameters\[0\]\.nmae is unknown; did you mean name\?/],
    ['parameters: { item: [] }', /^f:1:15: parameters\.item is unknown; did you mean items\?/],
    ['secrets: [{ name: a }]', /^f:1:13: secrets\[0\]\.name is unknown; /],
    ['secret: [{ id: a }]', /^f:1:1: secret is not a supported section; did you mean secrets\?/],
  ])('in %s is an unknown name', (text, problem) => {
    expect(read(text).problems).toContainEqual(expect.stringMatching(problem));
  });

  it('is an unknown name, for which only names are proposed that are allowed in its place', () => {
    const settings =
      'region, roleArn, externalId, sessionName, preload, ttl, negativeTtl, staleWhileRevalidate, staleIfError, coherence';

    expect(read('secrets: [{ id: a, version: 1 }]').problems).toEqual([
      `f:1:20: secrets[0].version is unknown; allowed: id, ids, stage, ${settings}`,
    ]);
    expect(read('secrets: { version: 1 }').problems).toEqual([
      `f:1:12: secrets.version is unknown; allowed: ${settings}, items, onDemand`,
    ]);
    expect(read('secrets: { items: [{ id: a, version: 1 }] }').problems).toEqual([
      `f:1:29: secrets.items[0].version is unknown; allowed: id, ids, stage, ${settings}`,
    ]);
  });

  it('does not hide the problems of another section', () => {
    const text =
      'parameters: [{ name: a, ttl: x }]\nsecrets: [{ id: a, region: X }]\ndynamodb: [{ table: a }]';

    expect(read(text).problems.map((problem) => problem.split(' ')[0])).toEqual([
      'f:1:30:',
      'f:2:28:',
      'f:3:12:',
      'f:3:21:',
    ]);
  });

  it('is not a setting of the section in the list form, nor a list setting in an entry', () => {
    expect(read('parameters: [{ name: a, onDemand: true }]').problems).toEqual([
      'f:1:35: parameters[0].onDemand is not allowed here',
    ]);
    expect(read('parameters: { name: a }').problems).toEqual(['f:1:21: parameters.name is not allowed here']);
  });
});

describe('a name that is listed twice', () => {
  it.each([
    ['parameters: [{ names: [a, b, a] }]', '1:30: parameters[0].names[2] is "a"'],
    ['parameters: [{ name: a }, { names: [b, a] }]', '1:40: parameters[1].names[1] is "a"'],
    ['parameters: [{ name: a, region: us-east-1 }, { name: a }]', '1:54: parameters[1].name is "a"'],
    ['parameters: { items: [{ name: a }, { name: a }] }', '1:44: parameters.items[1].name is "a"'],
    ['parameters: [{ path: /a }, { path: /a/ }]', '1:36: parameters[1].path is "/a/"'],
    ['secrets: [{ id: a }, { ids: [b, a] }]', '1:33: secrets[1].ids[1] is "a"'],
    ['secrets: [{ id: a }, { id: a, stage: AWSPREVIOUS }]', '1:28: secrets[1].id is "a"'],
  ])('is a problem: %s', (text, problem) => {
    expect(read(text).problems).toEqual([`f:${problem}; allowed: ${ONCE}`]);
  });

  it.each([
    'parameters: [{ name: a }, { name: a:1 }, { name: A }]',
    'parameters: [{ name: /a }, { path: /a }, { path: /a/b }]',
    'parameters: [{ name: a }]\nsecrets: [{ id: a }]',
  ])('is not the same name elsewhere: %s', (text) => {
    expect(read(text).problems).toEqual([]);
  });
});

describe('checkCacheYaml', () => {
  it('knows these sections if it is given them', () => {
    const text = 'parameters: [{ name: a }]';

    expect(checkCacheYaml(text, { sections: SECTIONS }).problems).toEqual([]);
    expect(checkCacheYaml(text).problems).not.toEqual([]);
  });
});
