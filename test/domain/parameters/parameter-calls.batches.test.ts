import { describe, expect, it } from '@jest/globals';
import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { UnreadableValueError } from '../../../src/domain/named-values/aws-answer.ts';
import { AWS_JSON, VALUE } from '../../../src/domain/named-values/value-bodies.ts';
import { parameterKey, parameterPageKey } from '../../../src/domain/parameters/parameter-key.ts';
import {
  getParameterInput,
  getParametersInput,
  parameterBatch,
  selectParameters,
} from '../../../src/domain/parameters/parameter-calls.ts';

const ARN = 'arn:aws:ssm:us-east-1:123456789012:parameter/app';
const keyOf = (name: string, withDecryption = true): EntryKey =>
  parameterKey('group', { name, withDecryption });
const keysOf = (...names: readonly string[]): readonly EntryKey[] => names.map((name) => keyOf(name));
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** The values of a batch by name; null for an absent one. */
const valuesIn = (response: unknown, keys: readonly EntryKey[]) => {
  const { answers, unprocessed } = parameterBatch(bytesOf(response), keys, [VALUE]);
  const values = answers.map(({ key, bodies: [body] }) => [
    key.id.slice(1),
    body === undefined ? null : new TextDecoder().decode(body.bytes),
  ]);
  return { values: Object.fromEntries(values), unprocessed };
};

describe('the inputs of AWS', () => {
  it('contain the name as requested, and whether to decrypt', () => {
    expect(getParameterInput(keyOf('/app:01'))).toEqual({ Name: '/app:01', WithDecryption: true });
    expect(getParameterInput(keyOf(ARN, false))).toEqual({ Name: ARN, WithDecryption: false });
    expect(getParametersInput(keysOf('/a', '/b:Dev'))).toEqual({
      Names: ['/a', '/b:Dev'],
      WithDecryption: true,
    });
    expect(getParametersInput([keyOf('/a', false)])).toEqual({ Names: ['/a'], WithDecryption: false });
  });
});

describe('selectParameters', () => {
  it('selects ten keys', () => {
    const keys = keysOf(...Array.from({ length: 12 }, (_, number) => `/a/${number}`));

    expect(selectParameters(keys)).toEqual(keys.slice(0, 10));
  });

  it('selects keys that agree with the first one on region and decryption', () => {
    const [a, b, c, d] = [keyOf('/a'), keyOf('/a', false), keyOf(ARN), keyOf('/d')];

    expect(selectParameters([a, b, c, d])).toEqual([a, d]);
    expect(selectParameters([b, c])).toEqual([b]);
  });

  it('selects only ARNs of one region', () => {
    const [a, b, c] = [keyOf(ARN), keyOf(ARN.replace('us-east-1', 'eu-west-1')), keyOf(`${ARN}/c`)];

    expect(selectParameters([a, b, c])).toEqual([a, c]);
  });

  it('leaves pages, which need calls of their own', () => {
    const page = parameterPageKey('group', { Path: '/a', Recursive: false, WithDecryption: false });
    const key = keyOf('/b', false);

    expect(selectParameters([page, key])).toEqual([key]);
    expect(selectParameters([page])).toEqual([]);
  });

  it('selects no keys of none', () => {
    expect(selectParameters([])).toEqual([]);
  });
});

describe('parameterBatch', () => {
  it('assigns parameters by name and selector', () => {
    const response = {
      Parameters: [
        { Name: 'app', ARN, Value: 'latest' },
        { Name: '/app', ARN, Value: 'spelled' },
        { Name: '/app', ARN, Selector: ':01', Value: 'first' },
        { Name: '/app', ARN, Selector: ':Dev', Value: 'labelled' },
      ],
      InvalidParameters: [],
    };

    expect(valuesIn(response, keysOf('/app:Dev', '/app', 'app', '/app:01', '/app:1'))).toEqual({
      values: { '/app:Dev': 'labelled', '/app': 'spelled', app: 'latest', '/app:01': 'first' },
      unprocessed: keysOf('/app:1'),
    });
  });

  it('assigns parameters by ARN and selector if the name was not requested', () => {
    const response = {
      Parameters: [
        { Name: '/app', ARN, Value: 'latest' },
        { Name: '/app', ARN, Selector: ':2', Value: 'second' },
        { Name: 'no-arn', Value: 'none' },
      ],
    };

    expect(valuesIn(response, keysOf(ARN, `${ARN}:2`, '/app', 'no-arn'))).toEqual({
      values: { [ARN]: 'latest', [`${ARN}:2`]: 'second', '/app': 'latest', 'no-arn': 'none' },
      unprocessed: [],
    });
  });

  it('prefers the parameter whose name is the requested ARN to another spelling of it', () => {
    const response = {
      Parameters: [
        { Name: ARN, ARN, Value: 'by ARN' },
        { Name: '/app', ARN, Value: 'by name' },
      ],
    };

    expect(valuesIn(response, keysOf(ARN)).values).toEqual({ [ARN]: 'by ARN' });
  });

  it('reports only invalid names as absent', () => {
    const response = { Parameters: [], InvalidParameters: ['/gone', '/gone:3'] };

    expect(valuesIn(response, keysOf('/gone', '/gone:3', '/gone:4'))).toEqual({
      values: { '/gone': null, '/gone:3': null },
      unprocessed: keysOf('/gone:4'),
    });
  });

  it('leaves a name unprocessed that parameters of two accounts have', () => {
    const foreign = ARN.replace('123456789012', '999999999999');
    const response = {
      Parameters: [
        { Name: '/app', ARN, Value: 'own' },
        { Name: '/app', ARN: foreign, Value: 'foreign' },
      ],
    };

    expect(valuesIn(response, keysOf('/app', foreign))).toEqual({
      values: { [foreign]: 'foreign' },
      unprocessed: keysOf('/app'),
    });
  });

  it('takes the last of two parameters with one name and one ARN', () => {
    const response = {
      Parameters: [
        { Name: '/app', ARN, Value: 'first' },
        { Name: '/app', ARN, Value: 'last' },
      ],
    };

    expect(valuesIn(response, keysOf('/app'))).toEqual({ values: { '/app': 'last' }, unprocessed: [] });
  });

  it('wraps a parameter like the response of GetParameter', () => {
    const parameter = { Name: '/a', Value: 'v', LastModifiedDate: 1.790450994802e9 };
    const { answers } = parameterBatch(bytesOf({ Parameters: [parameter] }), keysOf('/a'), [AWS_JSON]);

    expect(new TextDecoder().decode(answers[0]?.bodies[0]?.bytes)).toBe(
      '{"Parameter":{"Name":"/a","Value":"v","LastModifiedDate":1790450994.802}}',
    );
  });

  it.each([
    {},
    { Parameters: {} },
    { Parameters: ['a'] },
    { Parameters: [], InvalidParameters: [1] },
    { Parameters: [{ Name: 1, Value: 'v' }] },
    { Parameters: [{ Name: '/a' }] },
  ])('rejects the response %j', (response) => {
    expect(() => parameterBatch(bytesOf(response), keysOf('/a'), [VALUE])).toThrow(UnreadableValueError);
  });
});
