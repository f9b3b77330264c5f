import process from 'node:process';
import type { CallApi } from '../adapters/lambda/api-call.ts';
import { type MakeServer, openEarlyListener } from './early-listener.ts';
import { register } from './registration.ts';

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
