import type { CallApi } from '../adapters/lambda/api-call.ts';
import { registerExtension } from '../adapters/lambda/extensions-api.ts';
import { SignalEvents } from '../adapters/process/signal-events.ts';
import type { LifecycleEvents } from '../ports/outbound/lifecycle-events.ts';

/** Lambda requires the name of the file in `/opt/extensions`. */
const EXTENSION_NAME = 'dynamodb-cache';

/** A registration for lifecycle events that is in progress. */
export interface LifecycleRegistration {
  /** Resolves when the request is sent: work from then on does not delay the registration. */
  readonly sent: Promise<void>;
  readonly lifecycleEvents: Promise<LifecycleEvents>;
}

/** Registers with the Lambda Extensions API through `call`. Outside Lambda, uses process signals instead. */
export const register = (
  { AWS_LAMBDA_RUNTIME_API: runtimeApi }: NodeJS.ProcessEnv,
  call: CallApi,
): LifecycleRegistration => {
  if (runtimeApi === undefined || runtimeApi === '') {
    return { sent: Promise.resolve(), lifecycleEvents: Promise.resolve(new SignalEvents()) };
  }
  const { sent, registered } = registerExtension({ runtimeApi, name: EXTENSION_NAME, call });
  return { sent, lifecycleEvents: registered };
};
