import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { policyFor } from '../../src/exports/policy.ts';
import { type Reference, referencesIn } from './references.ts';
import {
  cacheYamlOf,
  environmentOf,
  functions,
  layersOf,
  pathOf,
  properties,
  read,
  resourcesOf,
  root,
  type SamFunction,
  template,
  zipOf,
} from './sam-template.ts';

const isNode = ({ Runtime }: SamFunction) => Runtime.startsWith('nodejs');
const runsOn = (architecture: string, fn: SamFunction) => fn.Architectures.join() === architecture;

/** The zip files that `npm run layers` makes, and for which functions they are. */
const LAYERS: Readonly<Record<string, (fn: SamFunction) => boolean>> = {
  'dist/layers/node.zip': isNode,
  'dist/layers/standalone-x86_64.zip': (fn) => !isNode(fn) && runsOn('x86_64', fn),
  'dist/layers/standalone-arm64.zip': (fn) => !isNode(fn) && runsOn('arm64', fn),
};

const HANDLERS = [
  { runtime: /^nodejs/, ending: '.mjs', declaration: (name: string) => `export const ${name} =` },
  { runtime: /^python/, ending: '.py', declaration: (name: string) => `\ndef ${name}(` },
];

const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  'AWS::DynamoDB::Table': ['Arn', 'StreamArn'],
  'AWS::Serverless::Function': ['Arn'],
};

const isKnown = ({ name, attribute }: Reference): boolean => {
  const resource = template.Resources[name];
  if (resource === undefined) return name in (template.Parameters ?? {});
  return attribute === undefined || (ATTRIBUTES[resource.Type] ?? []).includes(attribute);
};

const HERE = { partition: 'PARTITION', region: 'REGION', account: 'ACCOUNT' };

/** A policy with the ARNs of tables spelt out. */
const withArns = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withArns);
  if (typeof value !== 'object' || value === null) return value;
  const [reference] = referencesIn(value);
  if ('Fn::GetAtt' in value && reference?.attribute === 'Arn') {
    const { TableName } = properties(template.Resources[reference.name]);
    return `arn:${HERE.partition}:dynamodb:${HERE.region}:${HERE.account}:table/${TableName}`;
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withArns(inner)]));
};

describe('the SAM template', () => {
  it('refers only to what it has', () => {
    const references = referencesIn(template);

    expect(references).not.toEqual([]);
    expect(references.filter((reference) => !isKnown(reference))).toEqual([]);
  });

  it('has a function on Node.js and one on Python', () => {
    expect(functions.map(({ Runtime }) => Runtime.replace(/\d.*/, '')).sort()).toEqual(['nodejs', 'python']);
  });

  it.each(resourcesOf('AWS::Serverless::LayerVersion'))(
    '%s is a zip file that `npm run layers` makes',
    (_, layer) => {
      expect(Object.keys(LAYERS)).toContain(zipOf(properties(layer)));
    },
  );

  it.each(functions)('$name has the layer for its runtime and architecture, and no other', (fn) => {
    expect(layersOf(fn).map((layer) => LAYERS[zipOf(layer)]?.(fn))).toEqual([true]);
  });

  it.each(functions)('$name is among what its layer says that it is for', (fn) => {
    expect(layersOf(fn)).toMatchObject([
      {
        CompatibleArchitectures: expect.arrayContaining(fn.Architectures),
        ...(isNode(fn) ? { CompatibleRuntimes: expect.arrayContaining([fn.Runtime]) } : {}),
      },
    ]);
  });

  it.each(functions)('$name has its handler in its code', ({ CodeUri, Handler, Runtime }) => {
    const { ending, declaration } = HANDLERS.find(({ runtime }) => runtime.test(Runtime)) ?? {};
    const [file, name] = Handler.split('.');

    expect(statSync(pathOf(CodeUri)).isDirectory()).toBe(true);
    expect(read(join(CodeUri, `${file}${ending}`))).toContain(declaration?.(String(name)));
  });

  it.each(functions)('$name finds cache.yaml in its code, right with its settings', (fn) => {
    expect(environmentOf(fn)).not.toHaveProperty('CACHE_EXTENSION_CONFIG');
    expect(existsSync(pathOf(join(fn.CodeUri, 'cache.yml')))).toBe(false);
    expect(cacheYamlOf(fn).problems).toEqual([]);
  });

  it.each(functions)('$name may do with its tables what the extension does, and no more', (fn) => {
    const { tables, preloads } = cacheYamlOf(fn);
    const policies = fn.Policies.map(({ Ref }) => properties(template.Resources[Ref]).PolicyDocument);

    expect(tables).not.toEqual([]);
    expect(policies.map(withArns)).toEqual([policyFor(tables, { preloads, ...HERE })]);
  });

  it.each(functions)('$name reads tables that the template makes, by their keys', (fn) => {
    const made = resourcesOf('AWS::DynamoDB::Table').map(([, table]) => properties(table));
    const configured = cacheYamlOf(fn).tables.map(({ table, hashKey, sortKey }) => ({
      TableName: table,
      KeySchema: [
        { AttributeName: hashKey.name, KeyType: 'HASH' },
        ...(sortKey === undefined ? [] : [{ AttributeName: sortKey.name, KeyType: 'RANGE' }]),
      ],
    }));

    expect(made).toMatchObject(configured);
    expect(made).toHaveLength(configured.length);
  });

  it.each([
    ['cache-client.mjs', 'nodejs'],
    ['cache_client.py', 'python'],
  ])('%s is that of the examples', (file, folder) => {
    const example = readFileSync(join(root, 'examples/clients', folder, file), 'utf8');

    expect(read(`functions/${file}`)).toBe(example);
  });
});
