import { afterEach, describe, expect, it } from '@jest/globals';
import { registerExtension } from '../../../src/adapters/lambda/extensions-api.ts';
import { callOver } from '../../../src/adapters/lambda/bun-api.ts';
import {
  type Lambda,
  SAMPLE_NAME,
  silentExtension,
  startLambda,
} from '../../../tools/lambda-emulator/index.ts';
import { netConnect } from '../../support/http/net-connect.ts';

let lambda: Lambda;

afterEach(() => lambda.close());

const begin = async () => {
  lambda = await startLambda({ extension: silentExtension(), shutdownMs: 100 });
  lambda.init();
};

const register = (name: string, runtimeApi = lambda.runtimeApi) =>
  registerExtension({ runtimeApi, name, call: callOver(netConnect) }).registered;

describe('a registration over Bun.connect', () => {
  it('registers with Lambda and receives events', async () => {
    await begin();

    const session = await register(SAMPLE_NAME);
    const waiting = session.next();
    await lambda.when('init-done');
    lambda.invoke();

    expect(lambda.journal.find('registered')).toMatchObject({
      name: SAMPLE_NAME,
      events: ['INVOKE', 'SHUTDOWN'],
    });
    expect(await waiting).toMatchObject({ type: 'invoke' });
  });

  it('fails with the error of Lambda', async () => {
    await begin();

    await expect(register('')).rejects.toMatchObject({
      name: 'ExtensionsApiError',
      status: 403,
      errorType: 'Extension.InvalidExtensionName',
    });
  });

  it.each(['127.0.0.1:1', 'no host', ''])(
    'fails at the address "%s" if no server answers',
    async (address) => {
      await begin();

      await expect(register(SAMPLE_NAME, address)).rejects.toMatchObject({
        name: 'ExtensionsApiError',
        status: undefined,
        message: expect.stringMatching(/AWS_LAMBDA_RUNTIME_API/),
        cause: expect.anything(),
      });
    },
  );
});
