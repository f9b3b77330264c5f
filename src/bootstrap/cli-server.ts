import process from 'node:process';
import { NodeHttpServer } from '../adapters/http/server/node-server.ts';
import { SignalEvents } from '../adapters/process/signal-events.ts';
import { missingForStart } from './cli-preconditions.ts';
import { openEarlyListener } from './early-listener.ts';
import { IdleMoment } from './idle-moment.ts';
import { start } from './start.ts';

/** Serves as the extension does, but without Lambda, until a signal ends the process. */
export const serveLocally = async (path: string | undefined, port: string | undefined): Promise<never> => {
  const env = {
    ...process.env,
    AWS_LAMBDA_RUNTIME_API: undefined,
    CACHE_EXTENSION_CONFIG: path ?? (process.env.CACHE_EXTENSION_CONFIG || 'cache.yaml'),
    ...(port === undefined ? {} : { CACHE_EXTENSION_PORT: port }),
  };
  const missing = await missingForStart(env);
  if (missing.length > 0) {
    process.stderr.write(`${missing.join('\n')}\n`);
    process.exit(1);
  }
  const door = await openEarlyListener(env, (settings) => new NodeHttpServer(settings));
  const announce = () => {
    const url = `http://localhost:${door.server?.port}`;
    process.stderr.write(`Serving on ${url} until Ctrl-C.\nNext, in another terminal: curl ${url}/health\n`);
  };
  process.exit(await start(env, door, Promise.resolve(new IdleMoment(new SignalEvents(), announce))));
};
