import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CacheError } from '../../../src/domain/cache/errors.ts';
import type { JsonObject } from '../../../src/domain/json/json-object.ts';
import { UnreadableValueError } from '../../../src/domain/named-values/aws-answer.ts';
import type { CacheableRead } from '../../../src/domain/named-values/value-operations.ts';
import { ParameterDirectory } from '../../../src/domain/parameters/parameter-directory.ts';
import { parameterPageInput, parseParameterKey } from '../../../src/domain/parameters/parameter-key.ts';
import { parameterOperations } from '../../../src/domain/parameters/parameter-operations.ts';

const directory = new ParameterDirectory([
  { group: 'prod', names: ['/host'], path: '/prod' },
  { group: 'abroad', names: ['/abroad'] },
]);
const { reads, isWrite } = parameterOperations(directory, (group) =>
  group === 'abroad' ? 'us-west-2' : 'eu-west-1',
);

const readOf = (operation: string, input: object, region = 'eu-west-1'): CacheableRead | undefined => {
  try {
    return reads.get(operation)?.({ ...input }, region);
  } catch (error) {
    if (error instanceof CacheError || error instanceof UnreadableValueError) return undefined;
    throw error;
  }
};

/** The read of a parameter where every parameter is cached. */
const anyReadOf = (input: JsonObject): CacheableRead | undefined =>
  parameterOperations(new ParameterDirectory([], 'all'), () => 'eu-west-1').reads.get('GetParameter')?.(
    input,
    'eu-west-1',
  );

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const composed = (read: CacheableRead | undefined, ...bodies: readonly (string | undefined)[]) => {
  const response = read?.compose(bodies.map((body) => (body === undefined ? undefined : bytesOf(body))));
  return response && [response.status, new TextDecoder().decode(response.body)];
};

const ARN = 'arn:aws:ssm:us-east-1:123456789012:parameter/host';

describe('GetParameter', () => {
  it.each([
    [{ Name: '/host' }, { name: '/host', withDecryption: false }],
    [
      { Name: '/host:3', WithDecryption: true },
      { name: '/host:3', withDecryption: true },
    ],
    [
      { Name: '/prod/a', WithDecryption: null },
      { name: '/prod/a', withDecryption: false },
    ],
  ])('reads %j', (input, reference) => {
    expect(readOf('GetParameter', input)?.keys.map(parseParameterKey)).toEqual([reference]);
  });

  it.each([
    ['an unknown member', { Name: '/host', Extra: 1 }],
    ['a member of another type', { Name: '/host', WithDecryption: 'true' }],
    ['no name', {}],
    ['white space around the name', { Name: ' /host' }],
    ['a parameter that is not listed', { Name: '/other' }],
    ['a parameter of another region', { Name: '/abroad' }],
    ['an ARN of another region', { Name: ARN }],
  ])('cannot be answered with %s', (_, input) => {
    expect(readOf('GetParameter', input)).toBeUndefined();
  });

  it('is answered in the region of the parameter', () => {
    expect(readOf('GetParameter', { Name: '/abroad' }, 'us-west-2')?.keys).toHaveLength(1);
  });

  it('answers the unchanged response', () => {
    expect(composed(readOf('GetParameter', { Name: '/host' }), '{ "Parameter": {} }')).toEqual([
      200,
      '{ "Parameter": {} }',
    ]);
  });

  it("answers that a parameter is missing, if AWS's error has no message", () => {
    expect(composed(readOf('GetParameter', { Name: '/host' }), undefined)).toEqual([
      400,
      '{"__type":"ParameterNotFound"}',
    ]);
    expect(composed(readOf('GetParameter', { Name: '/host:3' }), undefined)).toBeUndefined();
    expect(composed(anyReadOf({ Name: '/aws/reference/secretsmanager/db' }), undefined)).toBeUndefined();
    expect(composed(anyReadOf({ Name: '/a/aws/reference/' }), undefined)).toEqual([
      400,
      '{"__type":"ParameterNotFound"}',
    ]);
  });
});

describe('GetParameters', () => {
  const parameter = (name: string) => `{"Parameter":{"Name":"${name}","Version":1}}`;

  it('reads each name once, and answers the found and the invalid ones', () => {
    const read = readOf('GetParameters', { Names: ['/prod/b', '/host', '/prod/b', '/prod/a'] });

    expect(read?.keys.map((key) => parseParameterKey(key).name)).toEqual(['/prod/b', '/host', '/prod/a']);
    expect(composed(read, undefined, parameter('/host'), undefined)).toEqual([
      200,
      '{"InvalidParameters":["/prod/a","/prod/b"],"Parameters":[{"Name":"/host","Version":1}]}',
    ]);
  });

  const numbered = (length: number) => Array.from({ length }, (_, index) => `/prod/${index}`);

  it('reads as many names as AWS accepts', () => {
    expect(readOf('GetParameters', { Names: numbered(10) })?.keys).toHaveLength(10);
  });

  it.each([
    [{}, false],
    [{ WithDecryption: null }, false],
    [{ WithDecryption: false }, false],
    [{ WithDecryption: true }, true],
  ])('reads with decryption only if it is asked for: %j', (input, withDecryption) => {
    const read = readOf('GetParameters', { Names: ['/host', '/prod/a'], ...input });

    expect(read?.keys.map(parseParameterKey)).toEqual([
      { name: '/host', withDecryption },
      { name: '/prod/a', withDecryption },
    ]);
  });

  it.each([
    ['an unknown member', { Names: ['/host'], Extra: 1 }],
    ['no list of names', {}],
    ['a list of something else', { Names: [1] }],
    ['a member of another type', { Names: ['/host'], WithDecryption: 'true' }],
  ])('cannot be answered with %s', (_, input) => {
    expect(readOf('GetParameters', input)).toBeUndefined();
  });

  it.each([
    ['no names', []],
    ['more names than AWS accepts', numbered(11)],
    ['one name that is not listed', ['/host', '/other']],
    ['one name of another region', ['/host', '/abroad']],
  ])('cannot be answered with %s', (_, names) => {
    expect(readOf('GetParameters', { Names: names })).toBeUndefined();
  });
});

describe('GetParametersByPath', () => {
  const keyOf = (input: object, region?: string) => readOf('GetParametersByPath', input, region)?.keys[0];

  it('has one key for each page, whatever the order of its members', () => {
    const member = <Value>(values: readonly Value[]) => fc.constantFrom(undefined, ...values);
    const page = fc.record({
      Path: fc.constantFrom('/prod', '/prod/', '/prod/a'),
      Recursive: member([true, false]),
      WithDecryption: member([true, false]),
      MaxResults: member([1, 10]),
      NextToken: member(['', 't']),
    });
    const meaning = ({ Recursive = false, WithDecryption = false, ...rest }: Record<string, unknown>) =>
      JSON.stringify([rest.Path, Recursive, WithDecryption, rest.MaxResults ?? null, rest.NextToken ?? null]);
    fc.assert(
      fc.property(page, page, (one, other) => {
        const reversed = Object.fromEntries(Object.entries(other).toReversed());
        const isSame = keyOf(one)?.text === keyOf(reversed)?.text;

        expect(isSame).toBe(meaning(one) === meaning(other));
      }),
    );
  });

  it('is read with its own input', () => {
    const inputOf = (input: object): unknown => {
      const key = keyOf(input);
      return key && JSON.parse(parameterPageInput(key) ?? '');
    };

    expect(inputOf({ NextToken: 't', Path: '/prod' })).toEqual({
      Path: '/prod',
      Recursive: false,
      WithDecryption: false,
      NextToken: 't',
    });
    expect(inputOf({ Path: '/prod', Recursive: true, WithDecryption: true, MaxResults: 3 })).toEqual({
      Path: '/prod',
      Recursive: true,
      WithDecryption: true,
      MaxResults: 3,
    });
  });

  it('answers the unchanged page, and nothing without one', () => {
    const read = readOf('GetParametersByPath', { Path: '/prod' });

    expect(composed(read, '{ "Parameters": [] }')).toEqual([200, '{ "Parameters": [] }']);
    expect(composed(read, undefined)).toBeUndefined();
  });

  it('continues a list if it has a token', () => {
    expect(readOf('GetParametersByPath', { Path: '/prod', NextToken: 't' })?.isContinuation).toBe(true);
    expect(readOf('GetParametersByPath', { Path: '/prod' })?.isContinuation).toBe(false);
  });

  it.each([
    ['filters', { Path: '/prod', ParameterFilters: [] }],
    ['a path that contains the listed one', { Path: '/' }],
    ['a path that only begins like the listed one', { Path: '/production' }],
    ['an empty path', { Path: '' }],
    ['no path', {}],
    ['a number of results that is not whole', { Path: '/prod', MaxResults: 1.5 }],
    ['a token that is longer than those of AWS', { Path: '/prod', NextToken: 't'.repeat(2_049) }],
  ])('cannot be answered with %s', (_, input) => {
    expect(keyOf(input)).toBeUndefined();
  });

  it('is answered with a token of any length that AWS uses', () => {
    expect(keyOf({ Path: '/prod', NextToken: 't'.repeat(2_048) })).toBeDefined();
  });

  it('cannot be answered in another region', () => {
    expect(keyOf({ Path: '/prod' }, 'us-west-2')).toBeUndefined();
  });

  it('is answered for any path if every parameter is cached', () => {
    const all = parameterOperations(new ParameterDirectory([], 'all'), () => undefined);

    expect(all.reads.get('GetParametersByPath')?.({ Path: '/' }, 'eu-west-1')).toBeUndefined();
    expect(
      parameterOperations(new ParameterDirectory([], 'all'), () => 'eu-west-1')
        .reads.get('GetParametersByPath')?.({ Path: '/' }, 'eu-west-1')
        ?.keys.map(({ group }) => group),
    ).toEqual(['all']);
  });
});

it('knows the operations that write parameters', () => {
  const written = [
    'PutParameter',
    'DeleteParameter',
    'DeleteParameters',
    'LabelParameterVersion',
    'UnlabelParameterVersion',
  ];
  const others = ['GetParameter', 'DescribeParameters', 'SendCommand', 'StartAutomationExecution'];

  expect([...written, ...others].filter(isWrite)).toEqual(written);
});
