import { type ProcessExit, ProcessGroup } from '../../../tools/lambda-emulator/index.ts';
import { freePort } from '../free-port.ts';
import { writeCacheYaml } from './cache-yaml-file.ts';
import { HttpClient } from './http-client.ts';
import { programStart } from './program.ts';
import type { ExtensionOptions } from './start-extension.ts';

/** The built program where there is no Lambda. */
export interface LocalProcess {
  readonly http: HttpClient;
  /** What was written so far, to either stream. */
  readonly output: readonly string[];
  /** Resolves when it has ended, and all it wrote is in `output`. */
  readonly exited: Promise<ProcessExit>;
  signal(signal: NodeJS.Signals): void;
  close(): Promise<void>;
}

/** Starts the built program without any Lambda; it serves a moment later. */
export const startLocally = async (options: ExtensionOptions): Promise<LocalProcess> => {
  const { cacheYaml, endpoint, env, port = await freePort() } = options;
  const file = await writeCacheYaml(cacheYaml);
  const http = new HttpClient(port);
  const output: string[] = [];
  let exit: (how: ProcessExit) => void = () => undefined;
  const exited = new Promise<ProcessExit>((resolve) => {
    exit = resolve;
  });
  const start = programStart(file, {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-west-1',
    CACHE_EXTENSION_DYNAMODB_ENDPOINT: endpoint,
    CACHE_EXTENSION_PORT: String(port),
    ...env,
  });
  const group = new ProcessGroup('local', { command: start.command }, start.env, {
    line: (_, line) => output.push(line),
    exited: exit,
    launchFailed: () => undefined,
  });
  return {
    http,
    output,
    exited: group.drained.then(() => exited),
    signal: (signal) => group.signal(signal),
    close: async () => {
      http.close();
      group.signal('SIGKILL');
      await group.drained;
      await file.remove();
    },
  };
};
