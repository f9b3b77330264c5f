import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  callLambda,
  type Lambda,
  politeExtension,
  SAMPLE_NAME,
  scriptExtension,
  silentExtension,
  startLambda,
} from '../../../tools/lambda-emulator/index.ts';

const EXTENSION = '/2020-01-01/extension';
let lambda: Lambda;

afterEach(() => lambda.close());

async function register(
  name: string,
  events: string[] = ['INVOKE', 'SHUTDOWN'],
): Promise<Record<string, string>> {
  const { headers } = await callLambda(
    lambda.runtimeApi,
    `POST ${EXTENSION}/register`,
    { 'Lambda-Extension-Name': name },
    JSON.stringify({ events }),
  );
  return { 'Lambda-Extension-Identifier': String(headers['lambda-extension-identifier']) };
}

async function next(headers: Record<string, string>): Promise<unknown> {
  return (await callLambda(lambda.runtimeApi, `GET ${EXTENSION}/event/next`, headers)).body.eventType;
}

describe('init', () => {
  it('starts the runtime only when every extension has registered', async () => {
    const other = 'other-extension';
    lambda = await startLambda({ extension: silentExtension(), otherExtensions: [silentExtension(other)] });
    lambda.init();
    await register(other);
    expect(lambda.journal.find('runtime-started')).toBeUndefined();
    await register(SAMPLE_NAME);
    await lambda.when('runtime-started');
    expect(lambda.journal.order('registered', 'runtime-started')).toEqual([
      'registered',
      'registered',
      'runtime-started',
    ]);
  });

  it('is over when the runtime and every extension have asked for an event', async () => {
    lambda = await startLambda({ extension: silentExtension() });
    const init = lambda.init();
    const me = await register(SAMPLE_NAME);
    await lambda.when('runtime-ready');
    expect(lambda.journal.find('init-done')).toBeUndefined();
    next(me).catch(() => undefined);
    await init;
    expect(lambda.journal.order('extension-ready', 'init-done')).toEqual(['extension-ready', 'init-done']);
  });

  it('waits for extensions that want no events, too', async () => {
    lambda = await startLambda({ extension: silentExtension() });
    const init = lambda.init();
    const me = await register(SAMPLE_NAME, []);
    await lambda.when('runtime-ready');
    expect(lambda.journal.find('init-done')).toBeUndefined();
    next(me).catch(() => undefined);
    await init;
  });

  it('hangs until its time-out when an extension registers under another name than its file has', async () => {
    const extension = scriptExtension(`await register('misspelt', ['INVOKE']); await next();`);
    lambda = await startLambda({ extension, initTimeoutMs: 1000 });
    await expect(lambda.init()).rejects.toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(lambda.journal.find('registered')).toMatchObject({ name: 'misspelt', as: 'internal' });
    expect(lambda.journal.find('runtime-started')).toBeUndefined();
  });

  it('notes whether the port was open when the extension registered', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    lambda = await startLambda({ extension: silentExtension(), port });
    lambda.init();
    await register('internal', []);
    await new Promise((resolve) => server.close(resolve));
    await register(SAMPLE_NAME);
    expect(await lambda.when('registered', 1)).toMatchObject({ name: 'internal', listening: true });
    expect(await lambda.when('registered', 2)).toMatchObject({ name: SAMPLE_NAME, listening: false });
  });
});

describe('invoke', () => {
  it('answers what the function answers', async () => {
    const handler = async (event: unknown) => ({ got: event });
    lambda = await startLambda({ extension: politeExtension(), handler });
    await lambda.init();
    expect(await lambda.invoke({ n: 1 })).toMatchObject({ payload: { got: { n: 1 } }, failed: false });
    expect(await lambda.invoke({ n: 2 })).toMatchObject({ payload: { got: { n: 2 } }, failed: false });
  });

  it('tells the function its request and deadline', async () => {
    lambda = await startLambda({
      extension: politeExtension(),
      handler: (_, context) => context,
      timeoutMs: 5000,
    });
    await lambda.init();
    const earliestMs = Date.now() + 5000;
    const { requestId, payload } = await lambda.invoke();
    expect(payload).toEqual({ requestId, deadlineMs: expect.any(Number) });
    expect(Number(Object(payload).deadlineMs)).toBeGreaterThanOrEqual(earliestMs);
  });

  it('answers the error of a function that fails, and goes on', async () => {
    const handler = (event: unknown) => {
      if (event === 'fail') throw new TypeError('no such thing');
      return 'well';
    };
    lambda = await startLambda({ extension: politeExtension(), handler });
    await lambda.init();
    const failed = await lambda.invoke('fail');
    expect(failed).toMatchObject({
      failed: true,
      payload: { errorType: 'TypeError', errorMessage: 'no such thing' },
    });
    expect(await lambda.invoke()).toMatchObject({ payload: 'well' });
    expect(lambda.journal.find('shutdown')).toBeUndefined();
  });

  it('ends only when an extension that wants INVOKE has asked for more, long after the response', async () => {
    lambda = await startLambda({ extension: silentExtension() });
    lambda.init();
    const me = await register(SAMPLE_NAME);
    const first = next(me);
    await lambda.when('init-done');
    const invoked = lambda.invoke();
    expect(await first).toBe('INVOKE');
    await lambda.when('runtime-done');
    expect(lambda.journal.order('response', 'invoke-done')).toEqual(['response']);
    next(me).catch(() => undefined);
    await invoked;
    expect(lambda.journal.order('response', 'extension-done', 'invoke-done')).toEqual([
      'response',
      'extension-done',
      'invoke-done',
    ]);
  });

  it('neither tells nor awaits an extension that wants SHUTDOWN only', async () => {
    lambda = await startLambda({ extension: silentExtension() });
    lambda.init();
    const waiting = next(await register(SAMPLE_NAME, ['SHUTDOWN']));
    waiting.catch(() => undefined);
    await lambda.when('init-done');
    await lambda.invoke();
    expect(lambda.journal.find('event')).toBeUndefined();
  });

  it('fails when the function takes too long, and tells the extension so', async () => {
    const never = new Promise(() => undefined);
    lambda = await startLambda({ extension: politeExtension(), handler: () => never, timeoutMs: 300 });
    await lambda.init();
    await expect(lambda.invoke()).rejects.toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(await lambda.when('event', 2)).toMatchObject({ type: 'SHUTDOWN', reason: 'timeout' });
    expect(lambda.exit).toMatchObject({ code: 0 });
  });
});

describe('the temporary folder', () => {
  /** What the extension found there when it was started the n-th time, before it left a file. */
  const foundAt = async (start: number): Promise<unknown> => {
    const { line } = await lambda.when('output', start);
    return JSON.parse(String(line));
  };

  const leavesFile = `
    const { readdirSync, writeFileSync } = require('node:fs');
    console.log(JSON.stringify(readdirSync(process.env.TMPDIR)));
    writeFileSync(process.env.TMPDIR + '/left', '');
    await register('${SAMPLE_NAME}', ['INVOKE', 'SHUTDOWN']);
    while ((await next()) !== 'SHUTDOWN');
    process.exit(0);`;

  it('survives a reset of the environment', async () => {
    const never = new Promise(() => undefined);
    lambda = await startLambda({
      extension: scriptExtension(leavesFile),
      handler: (event) => (event === 'hang' ? never : 'fine'),
      timeoutMs: 1_000,
    });
    await lambda.init();
    await expect(lambda.invoke('hang')).rejects.toMatchObject({ errorType: 'Sandbox.Timedout' });
    await lambda.invoke();

    expect([await foundAt(1), await foundAt(2)]).toEqual([[], ['left']]);
  });

  it('is empty in a new environment', async () => {
    lambda = await startLambda({ extension: scriptExtension(leavesFile) });
    await lambda.init();
    await lambda.shutdown();
    await lambda.init();

    expect([await foundAt(1), await foundAt(2)]).toEqual([[], []]);
  });
});

describe('shutdown', () => {
  it('tells the reason, and the extension leaves in time', async () => {
    lambda = await startLambda({ extension: politeExtension() });
    await lambda.init();
    expect(await lambda.shutdown()).toEqual({ code: 0, signal: null, msAfterShutdown: expect.any(Number) });
    expect(await lambda.when('event')).toMatchObject({ type: 'SHUTDOWN', reason: 'spindown' });
    expect(lambda.exit?.msAfterShutdown).toBeLessThan(2000);
  });

  it('kills at the deadline whoever stays, children included', async () => {
    const stays = `
      const { spawn } = require('node:child_process');
      spawn('/bin/sleep', ['600'], { stdio: 'inherit' });
      await register('${SAMPLE_NAME}', ['SHUTDOWN']);
      await next();
      setInterval(() => {}, 1000);`;
    lambda = await startLambda({ extension: scriptExtension(stays), shutdownMs: 300 });
    await lambda.init();
    const askedAtMs = performance.now();
    // Resolves only when nobody holds the output any more: not the process, and not its child.
    const { signal } = await lambda.shutdown();
    expect(signal).toBe('SIGKILL');
    // Not since the extension was told: what the runtime takes to leave goes off its time.
    expect(performance.now() - askedAtMs).toBeGreaterThanOrEqual(299);
  });

  it('kills at once whoever did not subscribe to it', async () => {
    lambda = await startLambda({ extension: politeExtension(SAMPLE_NAME, ['INVOKE']) });
    await lambda.init();
    expect(await lambda.shutdown()).toEqual({ code: null, signal: 'SIGKILL', msAfterShutdown: undefined });
  });

  it('gives the event to an extension that asks for it late', async () => {
    lambda = await startLambda({ extension: silentExtension(), handler: () => 'done' });
    lambda.init();
    const me = await register(SAMPLE_NAME);
    const first = next(me);
    await lambda.when('init-done');
    lambda.invoke();
    await first;
    const ended = lambda.shutdown();
    await lambda.when('shutdown');
    expect(await next(me)).toBe('SHUTDOWN');
    const { pid } = await lambda.when('extension-started');
    process.kill(Number(pid), 'SIGTERM');
    expect(await ended).toMatchObject({ signal: 'SIGTERM' });
  });
});
