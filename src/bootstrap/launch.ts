import process from 'node:process';
import type { CallApi } from '../adapters/lambda/api-call.ts';
import { registerExtension } from '../adapters/lambda/extensions-api.ts';
import { SignalEvents } from '../adapters/process/signal-events.ts';
import type { LifecycleEvents } from '../ports/outbound/lifecycle-events.ts';
import { type MakeServer, openEarlyListener } from './early-listener.ts';

/** The parts that depend on the runtime, Node.js or Bun. */
export interface RuntimeParts {
  readonly makeServer: MakeServer;
  /** Makes the calls of the Extensions API. */
  readonly call: CallApi;
}

/** Runs the extension, then ends the process with its exit status. */
export const launch = async ({ makeServer, call }: RuntimeParts): Promise<void> => {
  // Each cold start grows by the time until the registration is sent, so that nothing else is loaded before.
  const listener = await openEarlyListener(process.env, makeServer);
  const { sent, lifecycleEvents } = register(process.env, call);
  await sent;
  const { start } = await import('./start.ts');
  process.exit(await start(process.env, listener, lifecycleEvents));
};

/** Lambda requires the name of the file in `/opt/extensions`. */
const EXTENSION_NAME = 'dynamodb-cache';

/** A registration for lifecycle events that is in progress. */
interface LifecycleRegistration {
  /** Resolves when the request is sent: work from then on does not delay the registration. */
  readonly sent: Promise<void>;
  readonly lifecycleEvents: Promise<LifecycleEvents>;
}

/** Registers with the Lambda Extensions API through `call`. Outside Lambda, uses process signals instead. */
const register = (
  { AWS_LAMBDA_RUNTIME_API: runtimeApi, TMPDIR: temporaryFolder }: NodeJS.ProcessEnv,
  call: CallApi,
): LifecycleRegistration => {
  if (runtimeApi === undefined || runtimeApi === '') {
    return { sent: Promise.resolve(), lifecycleEvents: Promise.resolve(new SignalEvents()) };
  }
  const { sent, registered } = registerExtension({ runtimeApi, name: EXTENSION_NAME, temporaryFolder, call });
  return { sent, lifecycleEvents: registered };
};
