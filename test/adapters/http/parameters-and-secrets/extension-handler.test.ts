import { describe, expect, it } from '@jest/globals';
import {
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
  SourceUnavailableError,
} from '../../../../src/domain/cache/errors.ts';
import { SecretDirectory } from '../../../../src/domain/secrets/secret-directory.ts';
import type { ReadResult } from '../../../../src/ports/inbound/item-reader.ts';
import { absent, found } from '../../../support/http/app-under-test.ts';
import {
  CLIENT,
  ExtensionHandlerUnderTest,
  SESSION_TOKEN,
  TOKEN_HEADER,
} from '../../../support/http/extension-handler-under-test.ts';

const PARAMETER = '/systemsmanager/parameters/get?name=/app/x';
const SECRET = '/secretsmanager/get?secretId=db';
const AGENT = '/v1/db';
const ROLE = 'arn:aws:iam::123456789012:role/reader';
const FAILED = 'an unexpected error occurred while executing request';
const AWS_SECRET =
  '{"ARN":"arn:db","CreatedDate":1.530018761888E9,"Name":"db","SecretString":"s","VersionId":"v1","VersionStages":["AWSCURRENT"]}';

/** An error of AWS as a source reports it. */
const refusedWith = (name: string): SourceRefusedError =>
  new SourceRefusedError('Secrets Manager refused GetSecretValue of a secret', {
    cause: Object.assign(new Error('the response has status 400'), { name }),
  });

describe('the headers of an answer', () => {
  it('tell the age and forbid that anything else keeps it', async () => {
    const extension = new ExtensionHandlerUnderTest();

    expect(await extension.fast(SECRET)).toEqual({
      status: 200,
      headers: {
        'content-type': 'application/json',
        'content-length': '18',
        'cache-control': 'no-store',
        age: '17',
        'cache-status': 'dynamodb-cache; hit; ttl=42',
      },
      body: '{"VersionId":"v1"}',
    });
  });
});

describe('the token', () => {
  const accepted = async (headers: Readonly<Record<string, string>>, tokens?: readonly string[]) => {
    const extension = new ExtensionHandlerUnderTest(tokens === undefined ? {} : { tokens });
    const sent = { Host: 'localhost', ...headers };
    const [slow, fast] = [await extension.request(SECRET, sent), await extension.fast(SECRET, sent)];
    if (slow.status === 200) expect(fast).toEqual(slow);
    else {
      expect(slow.status).toBe(403);
      expect(slow.body).toContain('AWS_SESSION_TOKEN');
      expect(slow.body).toContain('X-Aws-Parameters-Secrets-Token');
      expect(fast).toBeUndefined();
      expect(extension.reader.reads).toEqual([]);
    }
    return slow.status === 200;
  };

  it.each([
    ['the right one', { [TOKEN_HEADER]: SESSION_TOKEN }, true],
    ['the right one under a name in capitals', { 'X-AWS-PARAMETERS-SECRETS-TOKEN': SESSION_TOKEN }, true],
    ['none', {}, false],
    ['an empty one', { [TOKEN_HEADER]: '' }, false],
    ['the text undefined', { [TOKEN_HEADER]: 'undefined' }, false],
    ['the beginning of the right one', { [TOKEN_HEADER]: SESSION_TOKEN.slice(0, -1) }, false],
    ['the right one in other letters', { [TOKEN_HEADER]: SESSION_TOKEN.toUpperCase() }, false],
  ])('is accepted or not: %s', async (_, headers, isAccepted) => {
    expect(await accepted(headers)).toBe(isAccepted);
  });

  it('may be any of several', async () => {
    for (const token of ['one', 'two'])
      expect(await accepted({ [TOKEN_HEADER]: token }, ['one', 'two'])).toBe(true);
    expect(await accepted({ [TOKEN_HEADER]: 'one, two' }, ['one', 'two'])).toBe(false);
  });

  it('is never right if none is known', async () => {
    for (const token of ['', 'undefined', 'null'])
      expect(await accepted({ [TOKEN_HEADER]: token }, [])).toBe(false);
  });
});

describe('a request that is not from the function itself', () => {
  it.each([
    ['X-Forwarded-For', { 'X-Forwarded-For': '10.0.0.1' }],
    ['Forwarded', { Forwarded: 'for=10.0.0.1' }],
    ['Via', { Via: '1.1 proxy' }],
    ['a foreign Host', { Host: 'cache.example' }],
    ['Origin', { Origin: 'http://localhost' }],
    ['Sec-Fetch-Site', { 'Sec-Fetch-Site': 'cross-site' }],
  ])('is rejected for its %s, before its token is looked at', async (_, headers) => {
    const extension = new ExtensionHandlerUnderTest({ tokens: [] });
    const sent = { ...CLIENT, ...headers };

    expect(await extension.request(SECRET, sent)).toMatchObject({ status: 400 });
    expect(await extension.request('/ping', sent)).toMatchObject({ status: 400 });
    expect(await extension.fast(SECRET, sent)).toBeUndefined();
    expect(extension.reader.reads).toEqual([]);
  });

  it('is rejected on a connection over the limit', async () => {
    const extension = new ExtensionHandlerUnderTest();

    expect(await extension.request(SECRET, CLIENT, { overLimit: true })).toMatchObject({ status: 429 });
    expect(await extension.fast(SECRET, CLIENT, true)).toBeUndefined();
  });
});

describe('a method and a path', () => {
  it.each(['HEAD', 'POST', 'DELETE', 'PUT'])('%s is not allowed, after the token', async (method) => {
    const extension = new ExtensionHandlerUnderTest();

    const answer = await extension.request(SECRET, CLIENT, { method });

    expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    expect(await extension.request(SECRET, { Host: 'localhost' }, { method })).toMatchObject({ status: 403 });
    expect(extension.reader.reads).toEqual([]);
  });

  it.each([
    '/',
    '/systemsmanager',
    '/systemsmanager/parameters/get//?name=x',
    '/systemsmanager/parameters/getx?name=x',
    '/SecretsManager/get?secretId=db',
    '/secretsmanager/get/db',
    '/v1?secretId=db',
    '/v2/db',
    '/ping/',
  ])('%s is unknown', async (target) => {
    const extension = new ExtensionHandlerUnderTest();

    const answer = await extension.request(target);

    expect(answer.status).toBe(404);
    expect(await extension.fast(target)).toEqual(answer);
  });

  it.each(['/v1/a/../b', '/v1/%2e%2E/ping', '/x/./secretsmanager/get?secretId=db', '/v1/a{b'])(
    '%s, which a server may change, is left to the server',
    async (target) => {
      expect(await new ExtensionHandlerUnderTest().fast(target)).toBeUndefined();
    },
  );

  it('/ping is answered without a token', async () => {
    const extension = new ExtensionHandlerUnderTest({ tokens: [] });

    expect(await extension.request('/ping', { Host: 'localhost' })).toMatchObject({
      status: 200,
      body: 'healthy',
    });
  });

  it('of secrets is unknown if only parameters are served', async () => {
    const extension = new ExtensionHandlerUnderTest({ secrets: undefined });

    for (const target of [SECRET, AGENT])
      expect(await extension.request(target)).toMatchObject({ status: 404 });
    expect(await extension.request(PARAMETER)).toMatchObject({ status: 200 });
  });
});

describe('a failure', () => {
  const throwing = (error: Error) => (): ReadResult => {
    throw error;
  };
  const rejecting = (error: Error) => () => Promise.reject(error);
  const throttled = new SourceThrottledError('GetParameter was throttled', { retryAfterMs: 1_500 });

  it.each<readonly [string, () => ReadResult | Promise<ReadResult>, number, string]>([
    ['a denial', rejecting(refusedWith('AccessDeniedException')), 403, 'AccessDeniedException'],
    [
      'a secret that is deleted',
      rejecting(refusedWith('InvalidRequestException')),
      502,
      'InvalidRequestException',
    ],
    [
      'a refusal of the cache itself',
      throwing(new SourceRefusedError('no region')),
      502,
      'InternalServiceError',
    ],
    ['throttling', rejecting(throttled), 503, 'ThrottlingException'],
    ['a time-out', rejecting(new SourceTimeoutError('too late')), 504, 'InternalServiceError'],
    ['an outage', throwing(new SourceUnavailableError('status 500')), 503, 'InternalServiceError'],
    ['a defect', rejecting(new TypeError('value of the secret')), 500, 'InternalServiceError'],
  ])('says why in headers, or in the typed mode in status and body: %s', async (_, answer, status, type) => {
    const plain = new ExtensionHandlerUnderTest();
    const typed = new ExtensionHandlerUnderTest({ hasTypedErrors: true });
    plain.reader.answer = answer;
    typed.reader.answer = answer;

    const [inHeaders, inBody, ofAgent] = [
      await plain.request(SECRET),
      await typed.request(SECRET),
      await plain.request(AGENT),
    ];

    expect(inHeaders).toMatchObject({ status: 400, body: FAILED });
    expect(inHeaders.headers).toMatchObject({ 'x-error-type': type, 'x-error-status': String(status) });
    expect(inHeaders.headers['x-error-message']).toMatch(/^[ -~]+$/);
    const { message } = JSON.parse(inBody.body);
    expect({ status: inBody.status, body: JSON.parse(inBody.body) }).toEqual({
      status,
      body: { __type: type, message },
    });
    expect(message).not.toContain('value of the secret');
    expect(ofAgent).toEqual(inBody);
    expect(await plain.fast(SECRET)).toEqual(inHeaders);
    expect(await typed.fast(SECRET)).toEqual(inBody);
  });

  it.each([
    [PARAMETER, 'ParameterNotFound'],
    [SECRET, 'ResourceNotFoundException'],
  ])('for a value that does not exist is named as AWS names it: %s', async (target, type) => {
    const plain = new ExtensionHandlerUnderTest();
    const typed = new ExtensionHandlerUnderTest({ hasTypedErrors: true });
    plain.reader.answer = () => absent();
    typed.reader.answer = () => absent();

    const answer = await plain.request(target);

    expect(answer).toMatchObject({ status: 400, body: FAILED });
    expect(answer.headers).toMatchObject({ 'x-error-type': type, 'x-error-status': '404' });
    expect(await typed.request(target)).toMatchObject({ status: 404 });
  });

  it('of a throttled read says when to come again', async () => {
    const extension = new ExtensionHandlerUnderTest();
    extension.reader.answer = rejecting(throttled);

    expect((await extension.request(SECRET)).headers['retry-after']).toBe('2');
  });

  it('puts no control character into a header, whatever an error is called', async () => {
    const extension = new ExtensionHandlerUnderTest();
    const cause = Object.assign(new Error('x'), { name: 'Evil\r\nSet-Cookie: a' });
    extension.reader.answer = rejecting(new SourceRefusedError('na\u0000me\r\n\u00e9', { cause }));

    const { headers } = await extension.request(SECRET);

    expect(headers).toMatchObject({ 'x-error-type': 'Evil??Set-Cookie: a', 'x-error-message': 'na?me???' });
  });

  it('for a secret that is not listed is a denial', async () => {
    const extension = new ExtensionHandlerUnderTest({
      hasTypedErrors: true,
      secrets: new SecretDirectory([{ group: 'secrets', ids: ['other'] }]),
    });

    const { status, body } = await extension.request(SECRET);

    expect([status, JSON.parse(body).__type]).toEqual([403, 'AccessDeniedException']);
  });

  it.each([
    '/systemsmanager/parameters/get',
    '/systemsmanager/parameters/get?name=',
    '/systemsmanager/parameters/get?name=:1',
    '/systemsmanager/parameters/get?name=x:1&version=2',
    '/systemsmanager/parameters/get?name=a%0D%0Ab',
    '/systemsmanager/parameters/get?name=%00',
    `/systemsmanager/parameters/get?name=${'x'.repeat(3_000)}`,
    '/secretsmanager/get',
    '/secretsmanager/get?secretId=%20',
    '/secretsmanager/get?secretId=marker%0Amarker',
    '/secretsmanager/get?secretId=db&versionStage=a%09b',
  ])('for a malformed request does not quote it: %s', async (target) => {
    const extension = new ExtensionHandlerUnderTest();

    const answer = await extension.request(target);

    expect(answer).toMatchObject({ status: 400, body: FAILED });
    expect(answer.headers).toMatchObject({ 'x-error-type': 'ValidationException', 'x-error-status': '400' });
    expect(JSON.stringify(answer)).not.toMatch(/marker|xxx/);
    expect(await extension.fast(target)).toEqual(answer);
    expect(extension.reader.reads).toEqual([]);
  });

  it.each([
    ['without a role', new Map()],
    [
      'with another role',
      new Map([
        ['secrets', { roleArn: `${ROLE}s` }],
        ['parameters', { roleArn: `${ROLE}s` }],
      ]),
    ],
  ])('is the answer to the roleArn of a client for a value %s', async (_, roles) => {
    const extension = new ExtensionHandlerUnderTest({ roles });
    for (const target of [PARAMETER, SECRET]) {
      const answer = await extension.request(`${target}&roleArn=${ROLE}`);

      expect(answer).toMatchObject({ status: 400, body: FAILED });
      expect(answer.headers).toMatchObject({
        'x-error-type': 'AccessDeniedException',
        'x-error-status': '403',
      });
      expect(await extension.fast(`${target}&roleArn=${ROLE}`)).toEqual(answer);
    }
    expect(await extension.request(`${AGENT}?roleArn=${ROLE}`)).toMatchObject({ status: 403 });
    expect(extension.reader.reads).toEqual([]);
  });

  it('is not the answer to the roleArn that the configuration gives to the value', async () => {
    const roles = new Map([['secrets', { roleArn: ROLE }]]);
    const extension = new ExtensionHandlerUnderTest({ roles });

    expect(await extension.request(`${SECRET}&roleArn=${ROLE}`)).toMatchObject({ status: 200 });
    expect(await extension.request(`${AGENT}?roleArn=${ROLE}`)).toMatchObject({ status: 200 });
    expect(await extension.request(`${SECRET}&roleArn=${ROLE}&roleArn=other`)).toMatchObject({ status: 400 });
  });
});

describe("the path of AWS's agent", () => {
  it('is answered without nulls, with the date as text', async () => {
    const extension = new ExtensionHandlerUnderTest();
    extension.reader.answer = () => found(AWS_SECRET);

    const answer = await extension.request(AGENT);

    expect(JSON.parse(answer.body)).toEqual({
      ARN: 'arn:db',
      Name: 'db',
      VersionId: 'v1',
      SecretString: 's',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: '1530018761.888',
    });
    expect(answer.headers['content-length']).toBe(String(answer.body.length));
    expect(await extension.fast(AGENT)).toEqual(answer);
  });

  it.each(['/v1/', '/v1/?versionStage=AWSCURRENT', '/v1/?secretId=db'])(
    'says that the id is missing in %s',
    async (target) => {
      const extension = new ExtensionHandlerUnderTest();

      const answer = await extension.request(target);

      expect(answer).toMatchObject({ status: 400, body: 'missing secret ID' });
      expect(await extension.fast(target)).toEqual(answer);
    },
  );
});

describe('refreshNow', () => {
  const kinds = (extension: ExtensionHandlerUnderTest) =>
    extension.reader.reads.map(({ request }) => request.freshness.kind);

  it.each([
    ['', 'any'],
    ['&refreshNow=false', 'any'],
    ['&refreshNow=1', 'any'],
    ['&unlessVersion=v1', 'any'],
    ['&refreshNow=true', 'no-cache'],
    ['&refreshNow=TRUE', 'no-cache'],
  ])('decides whether the value is read again: "%s" means %s', async (query, kind) => {
    const extension = new ExtensionHandlerUnderTest();

    await extension.request(SECRET + query);
    await extension.request(`${AGENT}?${query}`);

    expect(kinds(extension)).toEqual([kind, kind]);
  });

  it('with unlessVersion accepts a cached value of another version', async () => {
    const extension = new ExtensionHandlerUnderTest();

    await extension.request(`${SECRET}&refreshNow=true&unlessVersion=v0`);
    await extension.request(`${SECRET}&refreshNow=true&unlessVersion=v1`);

    expect(kinds(extension)).toEqual(['only-if-cached', 'any', 'only-if-cached', 'no-cache']);
  });

  it('with unlessVersion compares the number of a parameter', async () => {
    const extension = new ExtensionHandlerUnderTest();
    extension.reader.answer = () => found('{"Parameter":{"Version":7}}');

    await extension.request(`${PARAMETER}&refreshNow=true&unlessVersion=7`);
    await extension.request(`${PARAMETER}&refreshNow=true&unlessVersion=6`);

    expect(kinds(extension)).toEqual(['only-if-cached', 'no-cache', 'only-if-cached', 'any']);
  });

  it('reads once for a hundred clients that fail with one version, also if they come one after another', async () => {
    const extension = new ExtensionHandlerUnderTest();
    const answers: ((result: ReadResult) => void)[] = [];
    let current = found('{"VersionId":"v1"}');
    extension.reader.answer = () => {
      const { request } = extension.reader.reads.at(-1) ?? {};
      return request?.freshness.kind === 'no-cache'
        ? new Promise((resolve) => answers.push(resolve))
        : current;
    };
    const failed = () => extension.request(`${SECRET}&refreshNow=true&unlessVersion=v1`);

    const first = failed();
    await new Promise(setImmediate);
    const others = Array.from({ length: 99 }, failed);
    await new Promise(setImmediate);
    current = found('{"VersionId":"v2"}');
    for (const answer of answers) answer(current);
    const bodies = (await Promise.all([first, ...others])).map(({ body }) => body);

    expect(new Set(bodies)).toEqual(new Set(['{"VersionId":"v2"}']));
    expect(kinds(extension).filter((kind) => kind === 'no-cache')).toHaveLength(1);
    expect((await failed()).body).toBe('{"VersionId":"v2"}');
    expect(answers).toHaveLength(1);
  });

  it('with unlessVersion reads again after a read that failed', async () => {
    const extension = new ExtensionHandlerUnderTest();
    let failures = 1;
    extension.reader.answer = () => {
      const { request } = extension.reader.reads.at(-1) ?? {};
      if (request?.freshness.kind !== 'no-cache') return found('{"VersionId":"v1"}');
      failures -= 1;
      return failures < 0
        ? Promise.resolve(found('{"VersionId":"v2"}'))
        : Promise.reject(new SourceUnavailableError('x'));
    };
    const target = `${SECRET}&refreshNow=true&unlessVersion=v1`;

    expect((await extension.request(target)).status).toBe(400);
    expect((await extension.request(target)).body).toBe('{"VersionId":"v2"}');
  });
});
