import { afterEach, describe, expect, it } from '@jest/globals';
import {
  callLambda,
  type Lambda,
  type LambdaAnswer,
  type LambdaOptions,
  SAMPLE_NAME,
  silentExtension,
  startLambda,
} from '../../../tools/lambda-emulator/index.ts';

const BASE = '/2020-01-01/extension';
let lambda: Lambda;

afterEach(() => lambda.close());

/** An environment whose extension is the test itself. */
async function begin(options: Partial<LambdaOptions> = {}): Promise<void> {
  lambda = await startLambda({ extension: silentExtension(), ...options });
  lambda.init();
}

function register(
  name: string,
  events: unknown = ['INVOKE', 'SHUTDOWN'],
  headers = {},
): Promise<LambdaAnswer> {
  const body = typeof events === 'string' ? events : JSON.stringify({ events });
  return callLambda(
    lambda.runtimeApi,
    `POST ${BASE}/register`,
    { 'Lambda-Extension-Name': name, ...headers },
    body,
  );
}

function identified(answer: LambdaAnswer): Record<string, string> {
  return { 'Lambda-Extension-Identifier': String(answer.headers['lambda-extension-identifier']) };
}

function next(headers: Record<string, string>): Promise<LambdaAnswer> {
  return callLambda(lambda.runtimeApi, `GET ${BASE}/event/next`, headers);
}

function report(kind: 'init' | 'exit', headers: Record<string, string>): Promise<LambdaAnswer> {
  return callLambda(lambda.runtimeApi, `POST ${BASE}/${kind}/error`, headers, '{}');
}

const ERROR_TYPE = { 'Lambda-Extension-Function-Error-Type': 'Extension.Reason' };

function expectRefusal(answer: LambdaAnswer, errorType: string): void {
  expect(answer.status).toBe(403);
  expect(answer.body).toEqual({ errorType, errorMessage: expect.any(String) });
  expect(lambda.journal.find('refused')).toMatchObject({ errorType });
}

describe('register', () => {
  it('answers an identifier and what the function is called', async () => {
    await begin();
    const answer = await register(SAMPLE_NAME);
    expect(answer.status).toBe(200);
    expect(answer.headers['lambda-extension-identifier']).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.body).toEqual({
      functionName: 'sample',
      functionVersion: '$LATEST',
      handler: 'index.handler',
    });
  });

  it('tells the account if that feature is accepted, among unknown ones', async () => {
    await begin();
    const answer = await register(SAMPLE_NAME, [], { 'Lambda-Extension-Accept-Feature': 'x, accountId' });
    expect(answer.body).toMatchObject({ accountId: '123456789012' });
  });

  it('takes no events for an empty list', async () => {
    await begin();
    const answer = await register(SAMPLE_NAME, '{}');
    expect(answer.status).toBe(200);
    expect(lambda.journal.find('registered')).toMatchObject({ as: 'external', events: [] });
  });

  it('refuses an empty name', async () => {
    await begin();
    expectRefusal(await register(''), 'Extension.InvalidExtensionName');
  });

  it.each(['', 'not JSON', '[]x', 'null', '{"events":"INVOKE"}', '{"events":[1]}'])(
    'refuses the body %j',
    async (body) => {
      await begin();
      const answer = await callLambda(
        lambda.runtimeApi,
        `POST ${BASE}/register`,
        { 'Lambda-Extension-Name': SAMPLE_NAME },
        body,
      );
      expectRefusal(answer, 'InvalidRequestFormat');
    },
  );

  it('refuses an event that does not exist, and may be tried again', async () => {
    await begin();
    expectRefusal(await register(SAMPLE_NAME, ['invoke']), 'Extension.InvalidEventType');
    expect((await register(SAMPLE_NAME, ['INVOKE'])).status).toBe(200);
  });

  it('refuses INVOKE on Managed Instances, and grants SHUTDOWN', async () => {
    await begin({ initializationType: 'lambda-managed-instances' });
    expectRefusal(await register(SAMPLE_NAME), 'Extension.InvalidEventType');
    expect((await register(SAMPLE_NAME, ['SHUTDOWN'])).status).toBe(200);
  });

  it('refuses INVOKE wherever it is told to', async () => {
    await begin({ refuseInvoke: true });
    expectRefusal(await register(SAMPLE_NAME), 'Extension.InvalidEventType');
  });

  it('refuses a second time', async () => {
    await begin();
    await register(SAMPLE_NAME);
    expectRefusal(await register(SAMPLE_NAME), 'Extension.InvalidExtensionState');
  });

  it('takes an unexpected name for an internal extension, which may not have SHUTDOWN', async () => {
    await begin();
    expectRefusal(await register('somebody-else'), 'Extension.InvalidEventType');
    expect((await register('somebody-else', ['INVOKE'])).status).toBe(200);
    expect(lambda.journal.find('registered')).toMatchObject({ name: 'somebody-else', as: 'internal' });
  });

  it('refuses an eleventh extension', async () => {
    await begin();
    for (let n = 2; n <= 10; n += 1) expect((await register(`internal-${n}`, [])).status).toBe(200);
    expectRefusal(await register('internal-11', []), 'Extension.TooManyExtensions');
  });

  it('is closed to others once the runtime is ready', async () => {
    await begin();
    await register(SAMPLE_NAME);
    await lambda.when('runtime-ready');
    expectRefusal(await register('latecomer', []), 'Extension.RegistrationClosed');
  });
});

describe('identifiers', () => {
  const calls: [string, (headers: Record<string, string>) => Promise<LambdaAnswer>][] = [
    ['event/next', next],
    ['init/error', (headers) => report('init', { ...ERROR_TYPE, ...headers })],
    ['exit/error', (headers) => report('exit', { ...ERROR_TYPE, ...headers })],
  ];

  it.each(calls)('%s needs one', async (_, call) => {
    await begin();
    expectRefusal(await call({}), 'Extension.MissingExtensionIdentifier');
  });

  it.each(calls)('%s needs a UUID', async (_, call) => {
    await begin();
    const answer = await call({ 'Lambda-Extension-Identifier': 'me' });
    expectRefusal(answer, 'Extension.InvalidExtensionIdentifier');
  });

  it.each(calls)('%s needs one that was given out', async (_, call) => {
    await begin();
    await register(SAMPLE_NAME);
    const answer = await call({ 'Lambda-Extension-Identifier': '01234567-89ab-cdef-0123-456789abcdef' });
    expectRefusal(answer, 'Extension.UnknownExtensionIdentifier');
  });
});

describe('event/next', () => {
  it('refuses to wait twice at once', async () => {
    await begin();
    const me = identified(await register(SAMPLE_NAME));
    const first = next(me);
    first.catch(() => undefined);
    await lambda.when('extension-ready');
    expectRefusal(await next(me), 'Extension.InvalidExtensionState');
  });

  it('refuses whoever reported an init error', async () => {
    await begin();
    const me = identified(await register(SAMPLE_NAME));
    await report('init', { ...me, ...ERROR_TYPE });
    expectRefusal(await next(me), 'Extension.InvalidExtensionState');
  });

  it('answers INVOKE with what the function will be given', async () => {
    await begin();
    const me = identified(await register(SAMPLE_NAME));
    const waiting = next(me);
    await lambda.when('init-done');
    lambda.invoke({});
    const { status, headers, body } = await waiting;
    const { requestId } = await lambda.when('invoke-start');
    expect(status).toBe(200);
    expect(headers['lambda-extension-event-identifier']).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toEqual({
      eventType: 'INVOKE',
      deadlineMs: expect.any(Number),
      requestId,
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:sample',
      tracing: { type: 'X-Amzn-Trace-Id', value: expect.stringMatching(/^Root=1-/) },
    });
  });

  it('answers SHUTDOWN with its reason and deadline', async () => {
    await begin({ shutdownMs: 200 });
    const waiting = next(identified(await register(SAMPLE_NAME)));
    await lambda.when('init-done');
    const before = Date.now();
    const ended = lambda.shutdown();
    const { headers, body } = await waiting;
    await ended;
    expect(headers).not.toHaveProperty('lambda-extension-event-identifier');
    expect(body).toEqual({
      eventType: 'SHUTDOWN',
      shutdownReason: 'spindown',
      deadlineMs: expect.any(Number),
    });
    expect(Number(body.deadlineMs)).toBeGreaterThanOrEqual(before + 200);
  });
});

describe('errors that extensions report', () => {
  it('are accepted before next', async () => {
    await begin();
    const me = identified(await register(SAMPLE_NAME));
    const answer = await report('init', { ...me, ...ERROR_TYPE });
    expect(answer).toMatchObject({ status: 202, body: { status: 'OK' } });
    expect(lambda.journal.find('init-error')).toMatchObject({
      name: SAMPLE_NAME,
      errorType: 'Extension.Reason',
    });
  });

  it('need a type', async () => {
    await begin();
    const me = identified(await register(SAMPLE_NAME));
    expectRefusal(await report('init', me), 'Extension.MissingHeader');
  });

  it('are no init errors any more after next', async () => {
    await begin();
    const me = identified(await register(SAMPLE_NAME));
    next(me).catch(() => undefined);
    await lambda.when('extension-ready');
    expectRefusal(await report('init', { ...me, ...ERROR_TYPE }), 'Extension.InvalidExtensionState');
  });

  it('are exit errors even then', async () => {
    await begin();
    const me = identified(await register(SAMPLE_NAME));
    next(me).catch(() => undefined);
    await lambda.when('extension-ready');
    expect((await report('exit', { ...me, ...ERROR_TYPE })).status).toBe(202);
  });
});

it('answers 404 to what is no call', async () => {
  await begin();
  expect((await callLambda(lambda.runtimeApi, `GET ${BASE}/register`)).status).toBe(404);
});

it('answers 500 where there is no environment', async () => {
  lambda = await startLambda({ extension: silentExtension() });
  expect((await register(SAMPLE_NAME)).status).toBe(500);
});
