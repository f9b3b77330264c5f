import process from 'node:process';
import type { CallApi } from '../adapters/lambda/api-call.ts';
import { type MakeServer, openEarlyListener } from './early-listener.ts';
import { enterSurroundings } from './registration.ts';

/** What is best done in another way on each runtime. */
export interface RuntimeParts {
  readonly makeServer: MakeServer;
  /** What makes the first call of the Extensions API. */
  readonly call: CallApi;
}

/** Runs the program until it ends the process. */
export const launch = async ({ makeServer, call }: RuntimeParts): Promise<void> => {
  // The time until the registration has left is added to every cold start: nothing else is loaded before.
  const door = await openEarlyListener(process.env, makeServer);
  const { sent, entered } = enterSurroundings(process.env, call);
  await sent;
  const { start } = await import('./start.ts');
  process.exit(await start(process.env, door, entered));
};
