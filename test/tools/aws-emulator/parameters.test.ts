import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type AwsFixture, startAwsFixture } from '../../support/aws-emulator/fixture.ts';

const ARN = 'arn:aws:ssm:eu-west-1:123456789012:parameter';
const DATE = 1_668_586_960.362;
let fixture: AwsFixture;

beforeAll(async () => {
  fixture = await startAwsFixture();
  const { parameters, secrets } = fixture.aws;
  parameters.put('/a/x', { value: 'v', labels: ['Dev'] });
  parameters.put('/a/two', { value: 'old', labels: ['Old'] });
  parameters.put('/a/two', { value: 'new' });
  parameters.put('/a/list', { value: 'red,green', type: 'StringList' });
  parameters.put('/a/secure', { value: 'clear', type: 'SecureString' });
  parameters.put('/a/deep/y', { value: 'w' });
  parameters.put('app', { value: 'root' });
  secrets.put('s', { string: 'first' });
  secrets.put('s', { string: 'se<cret' });
  secrets.put('b', { binary: Uint8Array.of(1, 255) });
});
afterEach(() => fixture.aws.faults.clear());
afterAll(() => fixture.aws.close());

const parameter = (name: string, rest: object = {}) => ({
  ARN: `${ARN}${name}`,
  DataType: 'text',
  LastModifiedDate: DATE,
  Name: name,
  Type: 'String',
  Value: 'v',
  Version: 1,
  ...rest,
});
const found = (name: string, rest?: object) => ({ Parameter: parameter(name, rest) });
const two = (version: number) => ({ Value: version === 1 ? 'old' : 'new', Version: version });
const invalid = (message: unknown) => ({ __type: 'ValidationException', message });

/** E1 to E7 of the vectors: the input, and the status and body of the answer. */
const READS: readonly (readonly [string, string, object, number, object])[] = [
  ['E1 a string', 'GetParameter', { Name: '/a/x' }, 200, found('/a/x')],
  [
    'E1 a list',
    'GetParameter',
    { Name: '/a/list' },
    200,
    found('/a/list', { Type: 'StringList', Value: 'red,green' }),
  ],
  ['E1 the newest version', 'GetParameter', { Name: '/a/two' }, 200, found('/a/two', two(2))],
  ['E1 a name with spaces around it', 'GetParameter', { Name: ' /a/x ' }, 200, found('/a/x')],
  ['E2 a version', 'GetParameter', { Name: '/a/two:1' }, 200, found('/a/two', { ...two(1), Selector: ':1' })],
  ['E2 a version with a zero', 'GetParameter', { Name: '/a/x:01' }, 200, found('/a/x', { Selector: ':01' })],
  ['E2 a label', 'GetParameter', { Name: '/a/x:Dev' }, 200, found('/a/x', { Selector: ':Dev' })],
  [
    'E2 a label of an old version',
    'GetParameter',
    { Name: '/a/two:Old' },
    200,
    found('/a/two', { ...two(1), Selector: ':Old' }),
  ],
  ['E3 an unknown name', 'GetParameter', { Name: '/no' }, 400, { __type: 'ParameterNotFound' }],
  [
    'E3 an unknown name with a version',
    'GetParameter',
    { Name: '/no:1' },
    400,
    { __type: 'ParameterNotFound' },
  ],
  ...['9', 'Nope', '0'].map(
    (selector) =>
      [
        `E4 an unknown selector ${selector}`,
        'GetParameter',
        { Name: `/a/x:${selector}` },
        400,
        {
          __type: 'ParameterVersionNotFound',
          message: `Systems Manager could not find version ${selector} of /a/x. Verify the version and try again.`,
        },
      ] as const,
  ),
  ...['/a/x:', '/a/x:1:2'].map(
    (name) =>
      [
        `E4 a malformed selector in ${name}`,
        'GetParameter',
        { Name: name },
        400,
        invalid(
          'Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>',
        ),
      ] as const,
  ),
  ['E4 an inner space', 'GetParameter', { Name: '/a/x y' }, 400, invalid(expect.any(String))],
  ['E4 an unqualified path', 'GetParameter', { Name: 'a/x' }, 400, invalid(expect.any(String))],
  [
    'E5 a SecureString as ciphertext',
    'GetParameter',
    { Name: '/a/secure' },
    200,
    found('/a/secure', { Type: 'SecureString', Value: expect.stringMatching(/^AQICAH[\w+/]+=*$/) }),
  ],
  [
    'E5 a decrypted SecureString',
    'GetParameter',
    { Name: '/a/secure', WithDecryption: true },
    200,
    found('/a/secure', { Type: 'SecureString', Value: 'clear' }),
  ],
  ['E6 an ARN', 'GetParameter', { Name: `${ARN}/a/x` }, 200, found('/a/x')],
  [
    'E6 an ARN with a selector',
    'GetParameter',
    { Name: `${ARN}/a/two:1` },
    200,
    found('/a/two', { ...two(1), Selector: ':1' }),
  ],
  [
    'E6 an ARN of another account',
    'GetParameter',
    { Name: 'arn:aws:ssm:eu-west-1:999999999999:parameter/a/x' },
    400,
    { __type: 'ParameterNotFound' },
  ],
  ...['app', '/app'].map(
    (name) =>
      [
        `E6 the spelling ${name}`,
        'GetParameter',
        { Name: name },
        200,
        found(name, { ARN: `${ARN}/app`, Value: 'root' }),
      ] as const,
  ),
  [
    'E7 a batch with duplicates, unknown names, and an ARN beside its name',
    'GetParameters',
    { Names: ['/z', '/a/x', '/a/x:9', '/a/two:1', '/a/x', '/z', `${ARN}/a/x`] },
    200,
    {
      InvalidParameters: ['/a/x:9', '/z'],
      Parameters: [parameter('/a/two', { ...two(1), Selector: ':1' }), parameter('/a/x'), parameter('/a/x')],
    },
  ],
  [
    'E7 a batch of 11',
    'GetParameters',
    { Names: Array.from({ length: 11 }, (_, index) => `/n${index}`) },
    400,
    invalid(
      "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less than or equal to 10",
    ),
  ],
  [
    'E7 an empty batch',
    'GetParameters',
    { Names: [] },
    400,
    invalid(expect.stringContaining('greater than or equal to 1')),
  ],
];

describe('Parameter Store answers', () => {
  it.each(READS)('%s', async (_, operation, input, status, body) => {
    const answer = await fixture.client.ssm(operation, input);

    expect(answer.json).toEqual(body);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/x-amz-json-1.1');
  });

  it('E1 byte for byte: members in order, the date as a float with an exponent', async () => {
    const { body } = await fixture.client.ssm('GetParameter', { Name: '/a/x' });

    expect(body).toBe(
      `{"Parameter":{"ARN":"${ARN}/a/x","DataType":"text","LastModifiedDate":1.668586960362E9,"Name":"/a/x","Type":"String","Value":"v","Version":1}}`,
    );
  });

  it('E5 the same ciphertext for the same version only', async () => {
    const read = async (name: string) => (await fixture.client.ssm('GetParameter', { Name: name })).body;
    fixture.aws.parameters.put('/a/rewritten', { value: 'clear', type: 'SecureString' });
    const before = await read('/a/rewritten');
    expect(await read('/a/rewritten')).toBe(before);

    fixture.aws.parameters.put('/a/rewritten', { value: 'clear' });

    expect(await read('/a/rewritten:1')).toBe(before.replace('"Type"', '"Selector":":1","Type"'));
    expect(await read('/a/rewritten')).not.toBe(before.replace('"Version":1', '"Version":2'));
    fixture.aws.parameters.delete('/a/rewritten');
  });
});

describe('GetParametersByPath', () => {
  const names = (json: unknown) =>
    Object(json).Parameters.map(({ Name }: { Name: string }) => Name) as readonly string[];
  const byPath = (input: object) =>
    fixture.client.ssm('GetParametersByPath', { Path: '/a', ...input }).then(({ json }) => json);

  it('E8 answers pages, and an empty one with a NextToken', async () => {
    const first = await byPath({ MaxResults: 2 });
    fixture.aws.faults.emptyNextPages(1);
    const empty = await byPath({ MaxResults: 2, NextToken: Object(first).NextToken });
    const last = await byPath({ MaxResults: 2, NextToken: Object(empty).NextToken });

    expect(names(first)).toEqual(['/a/list', '/a/secure']);
    expect(empty).toEqual({ Parameters: [], NextToken: expect.any(String) });
    expect(names(last)).toEqual(['/a/two', '/a/x']);
    expect(last).not.toHaveProperty('NextToken');
  });

  it.each([
    ['a token of nothing', { NextToken: 'nonsense' }],
    ['a token of another path', {}],
  ])('E8 rejects %s', async (_, input) => {
    const { NextToken } = Object(await byPath({ MaxResults: 1 }));

    expect(await byPath({ Path: '/b', NextToken, ...input })).toEqual({
      __type: 'InvalidNextToken',
      Message: 'The specified token is not valid.',
    });
  });

  it.each([
    ['the whole tree', { Recursive: true }, ['/a/deep/y', '/a/list', '/a/secure', '/a/two', '/a/x']],
    ['a path with a slash at its end', { Path: '/a/deep/' }, ['/a/deep/y']],
    ['the root', { Path: '/' }, ['app']],
    ['a type', { ParameterFilters: [{ Key: 'Type', Values: ['StringList'] }] }, ['/a/list']],
    ['a key', { ParameterFilters: [{ Key: 'KeyId', Values: ['alias/aws/ssm'] }] }, ['/a/secure']],
  ])('answers %s', async (_, input, expected) => {
    expect(names(await byPath(input))).toEqual(expected);
  });

  it('answers the version with a label, without a selector', async () => {
    const filters = [{ Key: 'Label', Option: 'Equals', Values: ['Old'] }];

    expect(await byPath({ ParameterFilters: filters })).toEqual({
      Parameters: [parameter('/a/two', two(1))],
    });
  });

  it.each([
    [{ Key: 'Label', Values: ['a', 'b'] }, 'InvalidFilterValue'],
    [{ Key: 'Name', Values: ['a'] }, 'InvalidFilterKey'],
    [{ Key: 'Type', Option: 'Contains', Values: ['a'] }, 'InvalidFilterOption'],
  ])('rejects the filter %j', async (filter, type) => {
    expect(await byPath({ ParameterFilters: [filter] })).toMatchObject({ __type: type });
  });
});

describe('a reference to a secret', () => {
  const read = async (name: string, input: object = { WithDecryption: true }) =>
    (await fixture.client.ssm('GetParameter', { Name: `/aws/reference/secretsmanager/${name}`, ...input }))
      .json;

  it.each([
    ['s', undefined, 'se<cret', 'AWSCURRENT'],
    ['s:AWSPREVIOUS', ':AWSPREVIOUS', 'first', 'AWSPREVIOUS'],
  ])('E9 answers %s', async (name, selector, value, stage) => {
    const answer = await read(name);

    const { SourceResult, ...rest } = Object(answer).Parameter;
    const arn = fixture.aws.secrets.arnOf('s');
    expect(rest).toEqual({
      ARN: arn,
      LastModifiedDate: DATE,
      Name: '/aws/reference/secretsmanager/s',
      ...(selector === undefined ? {} : { Selector: selector }),
      Type: 'SecureString',
      Value: value,
      Version: 0,
    });
    expect(JSON.parse(SourceResult)).toEqual({
      ARN: arn,
      name: 's',
      versionId: expect.any(String),
      secretString: value,
      versionStages: [stage],
      createdDate: 'Nov 16, 2022, 8:22:40 AM',
    });
    expect(SourceResult).not.toContain('<');
  });

  it('E9 answers bytes as signed numbers, without a value', async () => {
    const { SourceResult, Value } = Object(await read('b')).Parameter;

    expect(Value).toBeUndefined();
    expect(JSON.parse(SourceResult)).toMatchObject({ secretBinary: { hb: [1, -1], limit: 2, capacity: 2 } });
  });

  it.each([
    [
      'without decryption',
      's',
      { WithDecryption: false },
      invalid('WithDecryption flag must be True for retrieving a Secret Manager secret.'),
    ],
    ['to an unknown secret', 'no', undefined, { __type: 'ParameterNotFound', message: expect.any(String) }],
    [
      'to an unknown stage',
      's:NOPE',
      undefined,
      { __type: 'ParameterVersionNotFound', message: expect.any(String) },
    ],
  ])('E9 fails %s', async (_, name, input, error) => {
    expect(await read(name, input)).toEqual(error);
  });

  it('E9 is an invalid parameter of a batch without decryption', async () => {
    const Names = ['/aws/reference/secretsmanager/s', '/a/x'];

    expect((await fixture.client.ssm('GetParameters', { Names })).json).toEqual({
      InvalidParameters: ['/aws/reference/secretsmanager/s'],
      Parameters: [parameter('/a/x')],
    });
  });
});

describe('writing parameters', () => {
  it('creates, overwrites, labels and deletes', async () => {
    const { client } = fixture;
    const call = async (operation: string, input: object) => (await client.ssm(operation, input)).json;
    const Name = '/w/x';

    expect(await call('PutParameter', { Name, Value: 'one' })).toEqual(invalid(expect.any(String)));
    expect(await call('PutParameter', { Name, Value: 'one', Type: 'String' })).toEqual({
      Tier: 'Standard',
      Version: 1,
    });
    expect(await call('PutParameter', { Name, Value: 'two' })).toMatchObject({
      __type: 'ParameterAlreadyExists',
    });
    expect(await call('PutParameter', { Name, Value: 'two', Overwrite: true })).toMatchObject({ Version: 2 });
    expect(await call('LabelParameterVersion', { Name, ParameterVersion: 1, Labels: ['A', '1b'] })).toEqual({
      InvalidLabels: ['1b'],
      ParameterVersion: 1,
    });
    expect(await call('GetParameter', { Name: `${Name}:A` })).toMatchObject({ Parameter: { Value: 'one' } });
    await call('LabelParameterVersion', { Name, Labels: ['A'] });
    expect(await call('GetParameter', { Name: `${Name}:A` })).toMatchObject({ Parameter: { Value: 'two' } });
    expect(await call('UnlabelParameterVersion', { Name, ParameterVersion: 2, Labels: ['A', 'B'] })).toEqual({
      RemovedLabels: ['A'],
      InvalidLabels: ['B'],
    });
    expect(
      await call('DescribeParameters', {
        ParameterFilters: [{ Key: 'Name', Option: 'BeginsWith', Values: ['/w'] }],
      }),
    ).toMatchObject({ Parameters: [{ Name, Version: 2 }] });
    expect(await call('DeleteParameter', { Name })).toEqual({});
    expect(await call('DeleteParameter', { Name })).toEqual({ __type: 'ParameterNotFound' });
    await call('PutParameter', { Name, Value: 'three', Type: 'String' });
    expect(await call('DeleteParameters', { Names: [Name, '/w/no'] })).toEqual({
      DeletedParameters: [Name],
      InvalidParameters: ['/w/no'],
    });
  });

  it.each([
    ['more than 4096 characters', { Name: '/w/y', Value: 'x'.repeat(4097), Type: 'String' }],
    ['a reserved name', { Name: '/ssm/y', Value: 'x', Type: 'String' }],
    ['an unknown type', { Name: '/w/y', Value: 'x', Type: 'Number' }],
  ])('rejects %s', async (_, input) => {
    const { json } = await fixture.client.ssm('PutParameter', input);

    expect(json).toEqual(invalid(expect.any(String)));
    expect(JSON.stringify(json)).not.toContain('xxx');
  });
});
