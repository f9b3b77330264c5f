import { expect, it } from '@jest/globals';
import { readEnvironment } from '../../src/adapters/config/environment/environment.ts';
import { prepareProgram } from '../../src/bootstrap/run-program.ts';
import { FakeServer } from '../support/application/fake-server.ts';
import { FakeLifecycleEvents } from '../support/fakes/fake-lifecycle-events.ts';
import { RecordingLogger } from '../support/fakes/recording-logger.ts';

it("logs once what is wrong with the variables of AWS's extensions", async () => {
  const { settings } = readEnvironment({
    CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets,appconfig',
    SECRETS_MANAGER_TTL: '9999',
    AWS_APPCONFIG_EXTENSION_PROXY_HEADERS: 'a: b',
  });
  const logger = new RecordingLogger();
  await prepareProgram(
    { tables: [], ...settings },
    { server: new FakeServer([]), compatible: new Map(), lifecycleEvents: new FakeLifecycleEvents(), logger },
  );

  expect(logger.at('warn').map(({ message }) => message)).toEqual([
    'SECRETS_MANAGER_TTL is not a whole number from 0 to 300: 300 is used',
    expect.stringContaining('AWS_APPCONFIG_EXTENSION_PROXY_HEADERS'),
  ]);
});
