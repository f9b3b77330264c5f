import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SsmSource } from '../../../src/adapters/ssm/ssm-source.ts';
import {
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
  SourceUnavailableError,
} from '../../../src/domain/cache/errors.ts';
import {
  AWS_JSON,
  BINARY_MEDIA_TYPE,
  PARAMETERS_AND_SECRETS,
  VALUE,
} from '../../../src/domain/named-values/value-bodies.ts';
import { ParameterDirectory } from '../../../src/domain/parameters/parameter-directory.ts';
import { parseParameterKey } from '../../../src/domain/parameters/parameter-key.ts';
import type { BatchAnswer, GroupCursor, SourceAnswer } from '../../../src/ports/outbound/item-source.ts';
import {
  bodyTexts,
  optionsOf,
  type SourceFixture,
  STORED_AT,
  startSourceFixture,
} from '../../support/aws-emulator/source-fixture.ts';
import { answering, ScriptedServer } from '../../support/http/scripted-server.ts';

const ARN = 'arn:aws:ssm:eu-west-1:123456789012:parameter';
const directory = new ParameterDirectory(
  [
    { group: 'tree', names: [], path: '/tree' },
    { group: 'root', names: [], path: '/' },
    { group: 'listed', names: ['/tree/listed'] },
    { group: 'far', names: ['/far'] },
  ],
  'others',
);
const paths = new Map([
  ['tree', '/tree'],
  ['root', '/'],
]);
const keyOf = (name: string, withDecryption = true) => directory.keyOf({ name, withDecryption });
const WANTED = optionsOf(VALUE);

let fixture: SourceFixture;
let source: SsmSource;

beforeEach(async () => {
  fixture = await startSourceFixture({ regions: new Map([['far', 'us-east-1']]) });
  source = new SsmSource(directory, paths, fixture.parts);
});
afterEach(() => fixture.aws.close());

const read = async (name: string, withDecryption = true) => {
  const [text, ...more] = bodyTexts(await source.read(keyOf(name, withDecryption), WANTED));
  expect(more).toEqual([]);
  return text;
};
const byName = ({ answers }: BatchAnswer) =>
  Object.fromEntries(
    answers.map((answer) => [parseParameterKey(answer.key).name, bodyTexts(answer)[0] ?? null]),
  );
const operations = () => fixture.aws.calls.all.map(({ operation }) => operation);

describe('a read of one parameter', () => {
  it('returns the value, the response of AWS as it is, and the answer of the extension', async () => {
    fixture.aws.parameters.put('/app/x', { value: 'a<b' });
    const answer = await source.read(keyOf('/app/x'), optionsOf(VALUE, AWS_JSON, PARAMETERS_AND_SECRETS));
    const [value, response = '', extension] = bodyTexts(answer);

    expect(value).toBe('a<b');
    expect(JSON.parse(response)).toEqual({
      Parameter: {
        ARN: `${ARN}/app/x`,
        DataType: 'text',
        LastModifiedDate: STORED_AT,
        Name: '/app/x',
        Type: 'String',
        Value: 'a<b',
        Version: 1,
      },
    });
    expect(response).toContain('1.668586960362E9');
    expect(extension).toBe(
      `{"Parameter":{"ARN":"${ARN}/app/x","DataType":"text","LastModifiedDate":"2022-11-16T08:22:40.362Z","Name":"/app/x","Selector":null,"SourceResult":null,"Type":"String","Value":"a\\u003cb","Version":1},"ResultMetadata":{}}`,
    );
  });

  it('reads versions, labels and ARNs', async () => {
    fixture.aws.parameters.put('/app/x', { value: 'old', labels: ['Dev'] });
    fixture.aws.parameters.put('/app/x', { value: 'new' });

    expect(await read('/app/x:1')).toBe('old');
    expect(await read('/app/x:Dev')).toBe('old');
    expect(await read(`${ARN}/app/x`)).toBe('new');
    expect(await read(`${ARN}/app/x:1`)).toBe('old');
  });

  it('reads a SecureString with and without decryption', async () => {
    fixture.aws.parameters.put('/app/password', { value: 'clear', type: 'SecureString' });

    expect(await read('/app/password', true)).toBe('clear');
    expect(await read('/app/password', false)).toMatch(/^AQICAH/);
  });

  it('reads secrets by reference, the bytes of a binary one too', async () => {
    const { secrets } = fixture.aws;
    secrets.put('text', { string: 'previous' });
    secrets.put('text', { string: 'current' });
    secrets.put('bytes', { binary: Uint8Array.of(0, 128, 255) });
    const { bodies } = await source.read(keyOf('/aws/reference/secretsmanager/bytes'), WANTED);

    expect(await read('/aws/reference/secretsmanager/text')).toBe('current');
    expect(await read('/aws/reference/secretsmanager/text:AWSPREVIOUS')).toBe('previous');
    expect(bodies).toEqual([
      { contentType: VALUE, mediaType: BINARY_MEDIA_TYPE, bytes: Uint8Array.of(0, 128, 255) },
    ]);
  });

  it.each(['/app/no', '/app/x:9', '/app/x:Nope'])('answers without bodies for %s', async (name) => {
    fixture.aws.parameters.put('/app/x', { value: 'v' });

    expect(await source.read(keyOf(name), WANTED)).toEqual({
      key: keyOf(name),
      askedAt: fixture.clock.now(),
      bodies: [],
    });
  });

  it.each([
    ['/far', 'us-east-1'],
    ['arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/app/x', 'us-gov-west-1'],
    ['/app/x', 'eu-west-1'],
  ])('asks for %s in %s, where only a signature for that region is valid', async (name, region) => {
    const elsewhere = await startSourceFixture({ region });
    const asked: string[] = [];
    const endpointFor = (_operation: string, given: string) => {
      asked.push(given);
      return new URL(elsewhere.aws.url);
    };
    source = new SsmSource(directory, paths, { ...fixture.parts, endpoints: { endpointFor } });
    await source.read(keyOf(name), WANTED);
    await source.readMany([keyOf(name), keyOf(`${name}:1`)], WANTED);
    await elsewhere.aws.close();

    expect(asked).toEqual([region, region]);
  });
});

describe('a read of one parameter that fails', () => {
  beforeEach(() => void fixture.aws.parameters.put('/app/x', { value: 'hidden' }));
  const failure = () => source.read(keyOf('/app/x'), WANTED).catch((error: unknown) => error);

  it('is a refusal that names the missing permission', async () => {
    fixture.aws.faults.deny('ssm:GetParameter');

    expect(await failure()).toEqual(
      new SourceRefusedError(
        "Parameter Store refused GetParameter of a parameter: access denied, the function's role needs ssm:GetParameter on the parameter, and kms:Decrypt if a customer managed key encrypts it",
      ),
    );
  });

  it.each([
    ['ValidationException', 'the name is not one of a parameter'],
    ['InvalidKeyId', 'the key that encrypts the parameter cannot be used, check kms:Decrypt'],
    ['ExpiredTokenException', 'the credentials have expired'],
    ['Unheard', 'the request was rejected with Unheard'],
  ])('is a refusal that explains %s', async (type, explanation) => {
    fixture.aws.faults.failNext(1, { type, message: 'hidden' });

    expect(await failure()).toEqual(
      new SourceRefusedError(`Parameter Store refused GetParameter of a parameter: ${explanation}`),
    );
  });

  it('is throttled', async () => {
    fixture.aws.faults.throttle('ssm:GetParameter');

    expect(await failure()).toEqual(
      new SourceThrottledError('GetParameter of a parameter was throttled', { retryAfterMs: 1000 }),
    );
    expect(await failure()).toMatchObject({ retryAfterMs: 1000 });
  });

  it.each([
    { type: 'InternalServerError', status: 500 },
    { type: 'InternalServerError', status: 400 },
    { status: 503, message: 'hidden' },
    { status: 403, message: '<html>hidden</html>' },
  ])('is a passing failure for %j', async (given) => {
    fixture.aws.faults.failNext(1, given);

    expect(await failure()).toEqual(
      new SourceUnavailableError(
        'GetParameter of a parameter failed: the service returned an error, or an answer that cannot be read',
      ),
    );
  });

  it.each(['before-answer', 'within-answer'] as const)(
    'is a lost connection if it is cut %s',
    async (when) => {
      fixture.aws.faults.cutNext(1, when);

      expect(await failure()).toBeInstanceOf(SourceConnectionError);
      expect(await read('/app/x')).toBe('hidden');
    },
  );

  it('is given up with its signal', async () => {
    const delay = fixture.aws.faults.delay();
    const controller = new AbortController();
    const call = source.read(keyOf('/app/x'), { contentTypes: [VALUE], signal: controller.signal });
    await delay.arrived(1);
    controller.abort();

    await expect(call).rejects.toEqual(new SourceTimeoutError('GetParameter of a parameter was given up'));
  });

  it.each([
    '{"Parameter":{"Name":"/app/x","Value":"hidden"',
    '{}',
    '{"Parameter":{"Name":"/app/x"}}',
    '{"Parameter":{"Name":7,"Value":"hidden"}}',
    '"hidden"',
    '',
  ])(
    'is a passing failure that quotes nothing, and closes the connection, if the body is %s',
    async (body) => {
      const server = await ScriptedServer.start(answering(200, body, { 'content-type': AWS_JSON }));
      const endpoints = { endpointFor: () => new URL(server.url) };
      source = new SsmSource(directory, paths, { ...fixture.parts, endpoints });
      const error = await failure();
      await failure();
      const connections = server.sockets.length;
      await server.close();

      expect(error).toBeInstanceOf(SourceUnavailableError);
      expect(`${String(error)} ${String(error instanceof Error && error.cause)}`).not.toContain('hidden');
      expect(connections).toBe(2);
    },
  );

  it('does not take JSON of another type for an answer', async () => {
    const body = '{"Parameter":{"Name":"/app/x","Value":"v"}}';
    const server = await ScriptedServer.start(answering(200, body, { 'content-type': 'application/json' }));
    source = new SsmSource(directory, paths, {
      ...fixture.parts,
      endpoints: { endpointFor: () => new URL(server.url) },
    });
    const error = await failure();
    await server.close();

    expect(error).toBeInstanceOf(SourceUnavailableError);
  });
});

describe('a read of several parameters', () => {
  const keys = (count: number) => Array.from({ length: count }, (_, index) => keyOf(`/app/${index}`));
  const putAll = (count: number) => {
    for (const [index] of keys(count).entries())
      fixture.aws.parameters.put(`/app/${index}`, { value: `${index}` });
  };

  it('makes one call for ten, and tells absent ones from those that exist', async () => {
    putAll(5);
    const answer = await source.readMany([...keys(6), keyOf('/app/0:1')], WANTED);

    expect(operations()).toEqual(['GetParameters']);
    expect(byName(answer)).toEqual({
      '/app/0': '0',
      '/app/1': '1',
      '/app/2': '2',
      '/app/3': '3',
      '/app/4': '4',
      '/app/5': null,
      '/app/0:1': '0',
    });
    expect(answer.unprocessed).toEqual([]);
  });

  it('makes one call for ARNs of one region', async () => {
    putAll(2);
    const arns = [`${ARN}/app/0`, `${ARN}/app/1:1`, `${ARN}/app/9`];
    const answer = await source.readMany(
      arns.map((arn) => keyOf(arn)),
      WANTED,
    );

    expect(operations()).toEqual(['GetParameters']);
    expect(byName(answer)).toEqual({
      [`${ARN}/app/0`]: '0',
      [`${ARN}/app/1:1`]: '1',
      [`${ARN}/app/9`]: null,
    });
  });

  it('omits ARNs of another region that cannot be reached, which says nothing of the region of the group', async () => {
    const far = [0, 1].map((index) => keyOf(`arn:aws:ssm:us-west-2:123456789012:parameter/app/${index}`));
    const endpoints = { endpointFor: () => new URL('http://127.0.0.1:1') };
    source = new SsmSource(directory, paths, { ...fixture.parts, endpoints });

    expect(await source.readMany([...far, ...keys(1)], WANTED)).toEqual({ answers: [], unprocessed: [] });
    await expect(source.readMany(keys(2), WANTED)).rejects.toThrow(SourceConnectionError);
  });

  it('omits what does not fit into its one call', async () => {
    putAll(11);
    const encrypted = keyOf('/app/0', false);
    const other = keyOf('arn:aws:ssm:us-west-2:123456789012:parameter/app/0');
    const { answers, unprocessed } = await source.readMany([...keys(11), encrypted, other], WANTED);

    expect(answers.map(({ key }) => key)).toEqual(keys(10));
    expect(unprocessed).toEqual([]);
    expect(operations()).toEqual(['GetParameters']);
  });

  it('makes a call of the other kind for one', async () => {
    putAll(1);
    await source.readMany(keys(1), WANTED);

    expect(operations()).toEqual(['GetParameter']);
  });

  it('makes one call for one key once the role may not read several, and says so once', async () => {
    putAll(3);
    fixture.aws.faults.deny('ssm:GetParameters');
    expect(source.batchLimit).toBe(10);
    const [first] = await Promise.all([source.readMany(keys(4), WANTED), source.readMany(keys(2), WANTED)]);

    expect(first).toEqual({ answers: [], unprocessed: [] });
    expect(source.batchLimit).toBe(1);
    expect(byName(await source.readMany(keys(3), WANTED))).toEqual({ '/app/0': '0' });
    expect(operations()).toEqual(['GetParameters', 'GetParameters', 'GetParameter']);
    expect(fixture.logger.lines).toEqual([
      {
        level: 'warn',
        message:
          "Parameter Store refused GetParameters of a parameter: access denied, the function's role needs ssm:GetParameters on the parameter, and kms:Decrypt if a customer managed key encrypts it; from now on, each parameter is read by itself",
        fields: {},
      },
    ]);
  });

  it('omits all keys if one name makes AWS refuse the call', async () => {
    putAll(2);
    fixture.aws.faults.deny('ssm:*', '/app/1');

    expect(await source.readMany(keys(2), WANTED)).toEqual({ answers: [], unprocessed: [] });
    expect(operations()).toEqual(['GetParameters']);
  });

  it.each([
    ['/bad!name', 'Parameter Store refused GetParameter of a parameter: the name is not one of a parameter'],
    [
      '/app/0',
      "Parameter Store refused GetParameter of a parameter: access denied, the function's role needs ssm:GetParameter on the parameter, and kms:Decrypt if a customer managed key encrypts it",
    ],
  ])('says why %s alone is refused', async (name, message) => {
    fixture.aws.faults.deny('ssm:*', '/app/0');
    const { answers, unprocessed, refused } = await source.readMany([keyOf(name)], WANTED);

    expect({ answers, unprocessed }).toEqual({ answers: [], unprocessed: [] });
    expect(refused).toMatchObject([{ key: keyOf(name), error: { message } }]);
  });

  it('keeps reading together after a refusal for another reason', async () => {
    putAll(2);
    fixture.aws.faults.failNext(1, { type: 'ValidationException' }, 'ssm:GetParameters');

    expect(byName(await source.readMany(keys(2), WANTED))).toEqual({});
    expect(byName(await source.readMany(keys(2), WANTED))).toEqual({ '/app/0': '0', '/app/1': '1' });
    expect(source.batchLimit).toBe(10);
    expect(fixture.logger.lines).toEqual([]);
  });

  it('leaves the first key to be read again if it fails for a moment while the others need not', async () => {
    putAll(2);
    fixture.aws.faults.deny('ssm:GetParameters');
    await source.readMany(keys(2), WANTED);
    fixture.aws.faults.failNext(1, { type: 'InternalServerError', status: 500 }, 'ssm:GetParameter');

    expect(await source.readMany(keys(2), WANTED)).toEqual({ answers: [], unprocessed: keys(1) });
  });

  it('is throttled if its only key is', async () => {
    putAll(1);
    fixture.aws.faults.throttle('ssm:GetParameter');

    await expect(source.readMany(keys(1), WANTED)).rejects.toThrow(SourceThrottledError);
  });

  it('is throttled as a whole', async () => {
    fixture.aws.faults.throttle('ssm:GetParameters');

    await expect(source.readMany(keys(2), WANTED)).rejects.toThrow(SourceThrottledError);
    expect(operations()).toEqual(['GetParameters']);
  });
});

describe('a read of all parameters below a path', () => {
  const pages = async (group: string) => {
    const found: SourceAnswer[][] = [];
    let cursor: GroupCursor | undefined = { part: 0, parts: 1 };
    while (cursor !== undefined) {
      const page: Awaited<ReturnType<SsmSource['readGroup']>> = await source.readGroup(group, cursor, WANTED);
      found.push([...page.answers]);
      cursor = page.next;
    }
    return found;
  };

  it('follows the pages, also empty ones, and decrypts', async () => {
    for (let index = 0; index < 12; index += 1)
      fixture.aws.parameters.put(`/tree/deep/${index}`, { value: `${index}`, type: 'SecureString' });
    fixture.aws.parameters.put('/treehouse', { value: 'elsewhere' });
    fixture.aws.faults.emptyNextPages(1);
    const found = await pages('tree');

    expect(found.map((page) => page.length)).toEqual([0, 10, 2]);
    expect(found.flat().map((answer) => [parseParameterKey(answer.key), bodyTexts(answer)])).toContainEqual([
      { name: '/tree/deep/11', withDecryption: true },
      ['11'],
    ]);
    expect(new Set(found.flat().map(({ key }) => key.group))).toEqual(new Set(['tree']));
  });

  it('leaves out parameters that another entry lists', async () => {
    fixture.aws.parameters.put('/tree/listed', { value: 'v' });
    fixture.aws.parameters.put('/tree/other', { value: 'w' });

    expect((await pages('tree')).flat().map(({ key }) => parseParameterKey(key).name)).toEqual([
      '/tree/other',
    ]);
  });

  it('finds parameters without a slash below the path /', async () => {
    fixture.aws.parameters.put('app', { value: 'v' });

    expect((await pages('root')).flat().map(({ key }) => key)).toEqual([keyOf('app')]);
  });

  it('makes no call for other parts, and for groups without a path', async () => {
    expect(await source.readGroup('tree', { part: 1, parts: 2 }, WANTED)).toEqual({ answers: [] });
    expect(await source.readGroup('others', { part: 0, parts: 2 }, WANTED)).toEqual({ answers: [] });
    expect(operations()).toEqual([]);
  });

  it('names the permission that it needs', async () => {
    fixture.aws.faults.deny('ssm:GetParametersByPath');

    await expect(pages('tree')).rejects.toThrow(
      /needs ssm:GetParametersByPath on the parameter, and kms:Decrypt/,
    );
  });
});
