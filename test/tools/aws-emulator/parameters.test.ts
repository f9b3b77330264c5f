import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type AwsFixture, startAwsFixture } from '../../support/aws-emulator/fixture.ts';
import {
  answeredParameter,
  PARAMETER_ARN,
  PARAMETER_READS,
  STORED_AT_SECONDS,
  validationFailure,
  versionOfTwo,
} from '../../support/aws-emulator/parameter-vectors.ts';

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

describe('Parameter Store answers', () => {
  it.each(PARAMETER_READS)('%s', async (_, operation, input, status, body) => {
    const answer = await fixture.client.ssm(operation, input);

    expect(answer.json).toEqual(body);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/x-amz-json-1.1');
  });

  it('E1 byte for byte: members in order, the date as a float with an exponent', async () => {
    const { body } = await fixture.client.ssm('GetParameter', { Name: '/a/x' });

    expect(body).toBe(
      `{"Parameter":{"ARN":"${PARAMETER_ARN}/a/x","DataType":"text","LastModifiedDate":1.668586960362E9,"Name":"/a/x","Type":"String","Value":"v","Version":1}}`,
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
      Parameters: [answeredParameter('/a/two', versionOfTwo(1))],
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
      LastModifiedDate: STORED_AT_SECONDS,
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
      validationFailure('WithDecryption flag must be True for retrieving a Secret Manager secret.'),
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
      Parameters: [answeredParameter('/a/x')],
    });
  });
});

describe('writing parameters', () => {
  it('creates, overwrites, labels and deletes', async () => {
    const { client } = fixture;
    const call = async (operation: string, input: object) => (await client.ssm(operation, input)).json;
    const Name = '/w/x';

    expect(await call('PutParameter', { Name, Value: 'one' })).toEqual(validationFailure(expect.any(String)));
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

    expect(json).toEqual(validationFailure(expect.any(String)));
    expect(JSON.stringify(json)).not.toContain('xxx');
  });
});
