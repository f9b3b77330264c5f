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

let lambda: Lambda;

afterEach(() => lambda.close());

describe('a process that leaves unasked', () => {
  it('fails the init, even with exit code 0', async () => {
    lambda = await startLambda({ extension: scriptExtension('process.exit(0);') });
    await expect(lambda.init()).rejects.toMatchObject({
      errorType: 'Extension.Crash',
      message: 'Extension.Crash: exit code 0',
    });
    expect(lambda.exit).toEqual({ code: 0, signal: null, msAfterShutdown: undefined });
  });

  it('fails the invocation', async () => {
    const leaves = `await register('${SAMPLE_NAME}', ['INVOKE']); await next(); process.exit(3);`;
    lambda = await startLambda({ extension: scriptExtension(leaves) });
    await lambda.init();
    await expect(lambda.invoke()).rejects.toThrow('Extension.Crash: exit code 3');
  });

  it('fails the next invocation if it leaves between two, and the one after gets a new environment', async () => {
    lambda = await startLambda({ extension: politeExtension(), otherExtensions: [politeExtension('other')] });
    await lambda.init();
    const { pid } = await lambda.when('extension-started', ({ name }) => name === SAMPLE_NAME);
    process.kill(Number(pid), 'SIGKILL');
    await lambda.when('exit');
    await expect(lambda.invoke()).rejects.toThrow('Extension.Crash: signal SIGKILL');
    expect(lambda.journal.find('event')).toMatchObject({
      name: 'other',
      type: 'SHUTDOWN',
      reason: 'failure',
    });

    expect(await lambda.invoke('again')).toMatchObject({ payload: 'again' });
    expect(lambda.journal.find('init-done', 2)).toMatchObject({ suppressed: true });
    expect(lambda.journal.order('extension-started')).toHaveLength(4);
  });

  it('is an init error if it said so before', async () => {
    const reports = `
      await register('${SAMPLE_NAME}', ['SHUTDOWN']);
      const type = { 'Lambda-Extension-Function-Error-Type': 'Extension.NoLuck' };
      await call('POST', '/init/error', { ...id, ...type }, '{"errorMessage":"none"}');
      process.exit(1);`;
    lambda = await startLambda({ extension: scriptExtension(reports) });
    await expect(lambda.init()).rejects.toThrow('Extension.InitError: Extension.NoLuck');
    expect(lambda.journal.find('init-error')).toMatchObject({ body: '{"errorMessage":"none"}' });
    expect(lambda.exit).toMatchObject({ code: 1 });
  });

  it('is a launch error if there is no such file', async () => {
    lambda = await startLambda({ extension: { name: 'absent', command: '/opt/extensions/absent' } });
    await expect(lambda.init()).rejects.toMatchObject({ errorType: 'Extension.LaunchError' });
  });

  it('counts for the runtime, too', async () => {
    const functionProcess = { command: [process.execPath, '-e', ''] as const };
    lambda = await startLambda({ extension: politeExtension(), functionProcess });
    await expect(lambda.init()).rejects.toMatchObject({ errorType: 'Runtime.ExitError' });
  });
});

describe('the environment of an extension', () => {
  const tellsEnvironment = `console.log(JSON.stringify(process.env)); setInterval(() => {}, 1000);`;

  async function environmentOf(
    options: { env?: Record<string, string>; snapStart?: boolean } = {},
  ): Promise<Record<string, string>> {
    lambda = await startLambda({
      extension: scriptExtension(tellsEnvironment, options.env ? { env: options.env } : {}),
      initializationType: options.snapStart ? 'snap-start' : 'on-demand',
    });
    lambda.init();
    const { line } = await lambda.when('output');
    return JSON.parse(String(line));
  }

  it('has what Lambda sets, and nothing inherited', async () => {
    process.env.OF_THE_TEST = '1';
    const env = await environmentOf();
    delete process.env.OF_THE_TEST;
    expect(env).toEqual({
      AWS_ACCESS_KEY_ID: 'emulated-key-id',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_FUNCTION_NAME: 'sample',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_RUNTIME_API: lambda.runtimeApi,
      AWS_REGION: 'eu-west-1',
      AWS_SECRET_ACCESS_KEY: 'emulated-secret',
      AWS_SESSION_TOKEN: 'emulated-session',
      LANG: 'en_US.UTF-8',
      PATH: expect.stringContaining('/var/lang/bin'),
      TMPDIR: expect.stringContaining('lambda-emulator-'),
      TZ: ':UTC',
    });
  });

  it("has the function's own variables, except the private ones", async () => {
    const env = await environmentOf({ env: { OWN: 'x', AWS_REGION: 'us-east-1', _HANDLER: 'y' } });
    expect(env).toMatchObject({ OWN: 'x', AWS_REGION: 'us-east-1' });
    expect(env).not.toHaveProperty('_HANDLER');
  });

  it('has the place of the credentials instead of them under SnapStart', async () => {
    const env = await environmentOf({ snapStart: true });
    expect(env).not.toHaveProperty('AWS_ACCESS_KEY_ID');
    const path = env.AWS_CONTAINER_CREDENTIALS_FULL_URI?.replace(`http://${lambda.runtimeApi}`, 'GET ') ?? '';
    const token = env.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? '';
    const { body } = await callLambda(lambda.runtimeApi, path, { Authorization: token });
    expect(body).toMatchObject({ AccessKeyId: 'emulated-key-id', Token: 'emulated-session' });
    expect((await callLambda(lambda.runtimeApi, path, { Authorization: 'wrong' })).status).toBe(404);
  });
});

it('freezes the extension, and thaws it for an invocation', async () => {
  const ticks = `
    process.on('SIGUSR2', () => console.log('awake'));
    await register('${SAMPLE_NAME}', ['INVOKE']);
    while (await next());`;
  lambda = await startLambda({ extension: scriptExtension(ticks) });
  await lambda.init();
  const { pid } = await lambda.when('extension-started');
  lambda.freeze();
  process.kill(Number(pid), 'SIGUSR2');
  lambda.journal.record('asked');
  await lambda.invoke();
  await lambda.when('output');
  const seen = lambda.journal.order('asked', 'signal', 'output');
  expect(seen).toEqual(['signal', 'asked', 'signal', 'output']);
});

it('shuts a frozen environment down', async () => {
  lambda = await startLambda({ extension: politeExtension() });
  await lambda.init();
  lambda.freeze();
  expect(await lambda.shutdown()).toMatchObject({ code: 0 });
});

it('runs a function that is a process, and ends it with SIGTERM before the extension hears of it', async () => {
  const functionScript = `
    const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/invocation/';
    process.on('SIGTERM', () => { console.log('bye'); process.exit(0); });
    (async () => {
      for (;;) {
        const invocation = await fetch(base + 'next');
        const id = invocation.headers.get('lambda-runtime-aws-request-id');
        const { n } = await invocation.json();
        await fetch(base + id + '/response', { method: 'POST', body: JSON.stringify({ n: n + 1 }) });
      }
    })();`;
  lambda = await startLambda({
    extension: politeExtension(),
    functionProcess: { command: [process.execPath, '-e', functionScript] },
    // A loaded machine may not give the process a turn within Lambda's 300 ms.
    runtimeGraceMs: 20_000,
    shutdownMs: 40_000,
  });
  await lambda.init();
  expect(await lambda.invoke({ n: 1 })).toMatchObject({ payload: { n: 2 } });
  expect(await lambda.invoke({ n: 2 })).toMatchObject({ payload: { n: 3 } });
  await lambda.shutdown();
  const ends = lambda.journal.entries.filter(({ kind, type }) => kind === 'exit' || type === 'SHUTDOWN');
  expect(ends).toMatchObject([
    { name: 'runtime', code: 0 },
    { type: 'SHUTDOWN' },
    { name: SAMPLE_NAME, code: 0 },
  ]);
});

it('kills a function process that does not end in time', async () => {
  const ignores = "process.on('SIGTERM', () => {}); setInterval(() => {}, 60_000); console.log('ready');";
  lambda = await startLambda({
    extension: politeExtension(),
    functionProcess: { command: [process.execPath, '-e', ignores] },
    runtimeGraceMs: 1,
  });
  lambda.init();
  await lambda.when('output');
  await lambda.shutdown();
  expect(lambda.journal.entries.find(({ kind }) => kind === 'exit')).toMatchObject({
    name: 'runtime',
    code: null,
  });
});

it('refuses an answer to an invocation that is not under way', async () => {
  lambda = await startLambda({ extension: silentExtension() });
  lambda.init();
  const route = 'POST /2018-06-01/runtime/invocation/none/response';
  expect(await callLambda(lambda.runtimeApi, route, {}, '{}')).toMatchObject({
    status: 400,
    body: { errorType: 'InvalidRequestID' },
  });
});
