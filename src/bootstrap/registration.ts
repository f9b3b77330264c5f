import type { CallApi } from '../adapters/lambda/api-call.ts';
import { registerExtension } from '../adapters/lambda/extensions-api.ts';
import { SignalEvents } from '../adapters/process/signal-events.ts';
import type { LifecycleEvents } from '../ports/outbound/lifecycle-events.ts';

/** The name of the file in `/opt/extensions`. */
const EXTENSION_NAME = 'dynamodb-cache';

/** An entry into the surroundings on its way. */
export interface Registration {
  /** Resolves when work no longer delays the entry. */
  readonly sent: Promise<void>;
  readonly entered: Promise<LifecycleEvents>;
}

/** Registers with Lambda by `call`, or settles for process signals where there is no Lambda. */
export const enterSurroundings = (
  { AWS_LAMBDA_RUNTIME_API: runtimeApi }: NodeJS.ProcessEnv,
  call: CallApi,
): Registration => {
  if (runtimeApi === undefined || runtimeApi === '') {
    return { sent: Promise.resolve(), entered: Promise.resolve(new SignalEvents()) };
  }
  const { sent, registered } = registerExtension({ runtimeApi, name: EXTENSION_NAME, call });
  return { sent, entered: registered };
};
