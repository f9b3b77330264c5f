import { type ApiRequest, ApiServer } from './api-server.ts';
import { extensionsApi } from './extensions-api.ts';
import { Journal } from './journal.ts';
import { Lambda } from './lambda.ts';
import type { LambdaOptions } from './options.ts';
import { Refusal } from './refusal.ts';
import { credentialsApi, runtimeApi } from './runtime-api.ts';
import type { Sandbox } from './sandbox.ts';

/**
 * Starts an emulated Lambda: its APIs are served, but no process runs until `init` or `invoke`.
 *
 * @example
 * const lambda = await startLambda({ extension: { name: 'my-extension', command: '/opt/extensions/my-extension' } });
 * await lambda.init();
 * const { payload } = await lambda.invoke({ greeting: 'hello' });
 * const { code, msAfterShutdown } = await lambda.shutdown();
 * await lambda.close();
 */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const journal = new Journal();
  let sandbox: Sandbox | undefined;
  const current = () => {
    if (sandbox) return sandbox;
    throw new Refusal(
      'ContainerError',
      'Container error. Non-recoverable state. Extension should exit promptly',
      500,
    );
  };
  const server = await ApiServer.listen(
    [extensionsApi(current, journal, options.port), runtimeApi(current, journal), credentialsApi(journal)],
    ({ method, path }: ApiRequest, { errorType, message }) => {
      journal.record('refused', { call: `${method} ${path}`, errorType, message });
    },
  );
  return new Lambda(options, server, journal, (next) => {
    sandbox = next;
  });
}
