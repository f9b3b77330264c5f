import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { type AwsEmulator, startAwsEmulator } from '../../../tools/aws-emulator/index.ts';
import { CREDENTIALS, type Lambda, startLambda } from '../../../tools/lambda-emulator/index.ts';
import { freePort } from '../free-port.ts';
import { exchange, type HttpAnswer } from '../http/exchange.ts';
import { writeCacheYaml } from './cache-yaml-file.ts';
import { ExtensionUnderTest } from './extension-under-test.ts';
import { HttpClient } from './http-client.ts';
import { EXTENSION_NAME, plantedStart } from './program.ts';

const MINUTE_MS = 60_000;

/** Runs ahead of the program, which knows nothing of it: the wall time steps by a minute at a signal. */
const MINUTES_BY_SIGNAL = `
  const now = Date.now;
  let minutes = 0;
  Date.now = () => now() + minutes * ${MINUTE_MS};
  process.on('SIGUSR2', () => {
    minutes += 1;
    console.log(\`\${minutes} minutes later\`);
  });
`;

/** An AWS whose wall time a test moves. */
export interface AwsInTime {
  readonly aws: AwsEmulator;
  minutes: number;
}

export const startAwsInTime = async (): Promise<AwsInTime> => {
  const time = { minutes: 0 };
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = CREDENTIALS;
  const aws = await startAwsEmulator({
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      sessionToken: AWS_SESSION_TOKEN,
    },
    clock: () => Date.now() + time.minutes * MINUTE_MS,
    // The program corrects its time by the dates of answers, which are those of the system.
    signingClock: Date.now,
  });
  return Object.assign(time, { aws });
};

/** The built program in place of AWS's AppConfig Agent, without a `cache.yaml`. */
export interface ReplacedAgentUnderTest {
  readonly extension: ExtensionUnderTest;
  readonly lambda: Lambda;
  readonly agentPort: number;
  /** Sends a GET to the port of the agent. */
  readonly ask: (path: string, headers?: Readonly<Record<string, string>>) => Promise<HttpAnswer>;
  /** Lets a minute pass in the program and in AWS. */
  readonly later: () => Promise<void>;
}

/** Prepares the program; it runs as soon as `lambda.init()` is called. */
export const prepareReplacedAgent = async (
  time: AwsInTime,
  env: Readonly<Record<string, string>> = {},
  takenPort?: number,
  initializationType?: 'snap-start',
): Promise<ReplacedAgentUnderTest> => {
  const file = await writeCacheYaml('');
  // In the root of a layer, its folder is that of the function, in which the program would find it.
  await rm(file.path);
  await writeFile(join(dirname(file.path), 'minutes.mjs'), MINUTES_BY_SIGNAL);
  const [port, agentPort] = [await freePort(), takenPort ?? (await freePort())];
  const variables = {
    CACHE_EXTENSION_CONFIG: '',
    CACHE_EXTENSION_PORT: String(port),
    CACHE_EXTENSION_COMPATIBILITY: 'appconfig',
    AWS_APPCONFIG_EXTENSION_HTTP_PORT: String(agentPort),
    CACHE_EXTENSION_APPCONFIGDATA_ENDPOINT: time.aws.url,
    ...env,
  };
  const lambda = await startLambda({
    port: agentPort,
    ...(initializationType === undefined ? {} : { initializationType }),
    extension: { name: EXTENSION_NAME, ...plantedStart(file, 'minutes.mjs', variables) },
  });
  const ask: ReplacedAgentUnderTest['ask'] = (path, headers = {}) =>
    exchange(`http://127.0.0.1:${agentPort}`, { path, headers });
  let minutes = 0;
  const later = async (): Promise<void> => {
    const { pid } = await lambda.when('extension-started');
    minutes += 1;
    time.minutes += 1;
    process.kill(Number(pid), 'SIGUSR2');
    await lambda.when('output', ({ line }) => String(line).includes(`${minutes} minutes later`));
  };
  const extension = new ExtensionUnderTest(lambda, port, new HttpClient(port), file);
  return { extension, lambda, agentPort, ask, later };
};

/** The same, started. */
export const startReplacedAgent = async (
  ...options: Parameters<typeof prepareReplacedAgent>
): Promise<ReplacedAgentUnderTest> => {
  const replaced = await prepareReplacedAgent(...options);
  await replaced.lambda.init();
  return replaced;
};
