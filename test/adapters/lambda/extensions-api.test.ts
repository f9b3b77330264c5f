import { afterEach, describe, expect, it } from '@jest/globals';
import { type CallApi, ExtensionsApiError } from '../../../src/adapters/lambda/api-call.ts';
import { callOver } from '../../../src/adapters/lambda/bun-api.ts';
import { type ExtensionSession, registerExtension } from '../../../src/adapters/lambda/extensions-api.ts';
import {
  type Lambda,
  type LambdaOptions,
  SAMPLE_NAME,
  silentExtension,
  startLambda,
} from '../../../tools/lambda-emulator/index.ts';
import { netConnect } from '../../support/http/net-connect.ts';

const CLIENTS: readonly [name: string, call: CallApi | undefined][] = [
  ['node:http', undefined],
  ['Bun.connect', callOver(netConnect)],
];

let lambda: Lambda;

afterEach(() => lambda.close());

/** An environment that waits for `SAMPLE_NAME` to register. */
async function begin(options: Partial<LambdaOptions> = {}): Promise<void> {
  lambda = await startLambda({ extension: silentExtension(), shutdownMs: 100, ...options });
  lambda.init();
}

const optionsOf = (call: CallApi | undefined, runtimeApi = lambda.runtimeApi, name = SAMPLE_NAME) => ({
  runtimeApi,
  name,
  ...(call && { call }),
});

describe.each(CLIENTS)('registerExtension over %s', (_name, call) => {
  const register = (name?: string) => registerExtension(optionsOf(call, lambda.runtimeApi, name)).registered;

  it('subscribes to INVOKE and SHUTDOWN', async () => {
    await begin();
    const session = await register();
    expect(session.invocations).toBe('notified');
    expect(lambda.journal.find('registered')).toMatchObject({
      name: SAMPLE_NAME,
      as: 'external',
      events: ['INVOKE', 'SHUTDOWN'],
    });
    expect(lambda.journal.find('refused')).toBeUndefined();
  });

  it('learns the account', async () => {
    await begin();

    expect((await register()).account).toBe('123456789012');
  });

  it('subscribes to SHUTDOWN alone where INVOKE is refused', async () => {
    await begin({ refuseInvoke: true });
    const session = await register();
    expect(session.invocations).toBe('unobserved');
    expect(lambda.journal.order('refused', 'registered')).toEqual(['refused', 'registered']);
    expect(lambda.journal.find('registered')).toMatchObject({ events: ['SHUTDOWN'] });
  });

  it('names the file in /opt/extensions when it registers under another name', async () => {
    await begin();
    const failure = register('misspelt');
    await expect(failure).rejects.toBeInstanceOf(ExtensionsApiError);
    await expect(failure).rejects.toMatchObject({
      status: 403,
      errorType: 'Extension.InvalidEventType',
      message: expect.stringContaining('/opt/extensions'),
    });
  });

  it('fails for a second time', async () => {
    await begin();
    await register();
    await expect(register()).rejects.toMatchObject({ errorType: 'Extension.InvalidExtensionState' });
  });

  it('fails where the environment is past recovery', async () => {
    lambda = await startLambda({ extension: silentExtension() });
    await expect(register()).rejects.toMatchObject({ status: 500 });
  });

  it.each(['127.0.0.1:1', 'no host', ''])(
    'fails at the address "%s" if no server answers',
    async (runtimeApi) => {
      await begin();
      const { sent, registered } = registerExtension(optionsOf(call, runtimeApi));
      await sent;
      // Whoever loads something first comes late; that must not count as an unhandled rejection.
      await new Promise(setImmediate);
      await expect(registered).rejects.toMatchObject({
        name: 'ExtensionsApiError',
        status: undefined,
        message: expect.stringMatching(/AWS_LAMBDA_RUNTIME_API/),
        cause: expect.anything(),
      });
    },
  );
});

describe.each(CLIENTS)('ExtensionSession over %s', (_name, call) => {
  const register = (): Promise<ExtensionSession> => registerExtension(optionsOf(call)).registered;

  it('passes on when an invocation is cut off', async () => {
    await begin({ timeoutMs: 5000 });
    const session = await register();
    const waiting = session.next();
    await lambda.when('init-done');
    const before = Date.now();
    lambda.invoke();
    const event = await waiting;
    const after = Date.now();
    if (event.type !== 'invoke') throw new Error('not an INVOKE');
    expect(event.deadlineMs).toBeGreaterThanOrEqual(before + 5000);
    expect(event.deadlineMs).toBeLessThanOrEqual(after + 5000);
  });

  it('ends an invocation by asking for more', async () => {
    await begin();
    const session = await register();
    const first = session.next();
    await lambda.when('init-done');
    const invoked = lambda.invoke('x');
    await first;
    const second = session.next();
    expect(await invoked).toMatchObject({ payload: 'x' });
    lambda.shutdown();
    expect(await second).toEqual({ type: 'shutdown', reason: 'spindown' });
  });

  it('fails finally when it asks out of turn', async () => {
    await begin();
    const session = await register();
    session.next().catch(() => undefined);
    await lambda.when('extension-ready');
    await expect(session.next()).rejects.toMatchObject({
      status: 403,
      errorType: 'Extension.InvalidExtensionState',
    });
  });

  it('fails for the time being when the connection breaks', async () => {
    await begin();
    const session = await register();
    const waiting = session.next();
    waiting.catch(() => undefined);
    await lambda.when('extension-ready');
    await lambda.close();
    await expect(waiting).rejects.toMatchObject({ status: undefined });
  });

  it('reports invalid settings with message, type and stack', async () => {
    await begin();
    const session = await register();
    const error = new TypeError('CACHE_EXTENSION_TTL: "soon" is no duration\nsecond line');
    await session.reportInitError(error);
    const { errorType, body } = await lambda.when('init-error');
    expect(errorType).toBe('Extension.InvalidSettings');
    expect(JSON.parse(String(body))).toEqual({
      errorType: 'TypeError',
      errorMessage: 'CACHE_EXTENSION_TTL: "soon" is no duration\nsecond line',
      stackTrace: expect.arrayContaining([expect.stringMatching(/^at /)]),
    });
  });

  it('cannot report invalid settings after it asked for an event', async () => {
    await begin();
    const session = await register();
    session.next().catch(() => undefined);
    await lambda.when('extension-ready');
    await expect(session.reportInitError(new Error('late'))).rejects.toMatchObject({
      errorType: 'Extension.InvalidExtensionState',
    });
  });
});
