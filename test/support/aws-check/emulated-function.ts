import { fileURLToPath } from 'node:url';
import type { FunctionId } from '../../../deploy/aws-check/cloud.ts';
import { type InvokeResult, type Lambda, startLambda } from '../../../tools/lambda-emulator/index.ts';
import { type CacheYamlFile, writeCacheYaml } from '../e2e/cache-yaml-file.ts';
import { EXTENSION_NAME, programStart } from '../e2e/program.ts';
import { FaultProxy } from '../faults/fault-proxy.ts';
import { freePort } from '../free-port.ts';
import { WRAPPER } from '../wrapped-runtime.ts';
import { CHECK_FOLDER, type PlannedFunction } from './check-plan.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export interface EmulatedFunctionOptions {
  readonly id: FunctionId;
  readonly planned: PlannedFunction;
  /** Undefined: the function has no `cache.yaml`. */
  readonly cacheYaml: string | undefined;
  /** The variables to which `cache.yaml` refers. */
  readonly variables: Readonly<Record<string, string>>;
  /** URL of the emulated DynamoDB. */
  readonly dynamoDb: string;
  /** URL of all other services. */
  readonly aws: string;
  readonly journalTable: string;
}

/** A function of the stack: the built extension and the probe in an emulated Lambda, frozen between invocations. */
export class EmulatedFunction {
  /** What the extension calls as DynamoDB. */
  readonly proxy: FaultProxy;
  readonly #lambda: Lambda;
  readonly #file: CacheYamlFile;
  #isStarted = false;

  private constructor(lambda: Lambda, proxy: FaultProxy, file: CacheYamlFile) {
    this.#lambda = lambda;
    this.proxy = proxy;
    this.#file = file;
  }

  static async create(options: EmulatedFunctionOptions): Promise<EmulatedFunction> {
    const { planned, cacheYaml, dynamoDb } = options;
    const [port, valuesPort, configurationsPort, proxy, file] = await Promise.all([
      freePort(),
      freePort(),
      freePort(),
      FaultProxy.inFrontOf(dynamoDb),
      writeCacheYaml(cacheYaml ?? ''),
    ]);
    const ports = {
      CACHE_EXTENSION_PORT: String(port),
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(valuesPort),
      AWS_APPCONFIG_EXTENSION_HTTP_PORT: String(configurationsPort),
    };
    const lambda = await startLambda({
      port,
      timeoutMs: 20_000,
      memoryMiB: 512,
      initializationType: planned.snapStart ? 'snap-start' : 'on-demand',
      extension: {
        name: EXTENSION_NAME,
        ...programStart(file, extensionVariables(options, ports, proxy.endpoint)),
      },
      functionProcess: { command: commandOf(planned), env: functionVariables(options, ports) },
    });
    return new EmulatedFunction(lambda, proxy, file);
  }

  /** Starts an environment if there is none. Resolves with the milliseconds of the start; undefined without one. */
  async start(): Promise<number | undefined> {
    if (this.#isStarted) return undefined;
    const startedAt = performance.now();
    await this.#lambda.init();
    this.#isStarted = true;
    return performance.now() - startedAt;
  }

  /** Takes the snapshot: what was started is frozen until the first invocation. */
  async publish(): Promise<void> {
    await this.start();
    this.#lambda.freeze();
  }

  async invoke(event: unknown): Promise<InvokeResult> {
    const result = await this.#lambda.invoke(event);
    this.#lambda.freeze();
    return result;
  }

  /** The next invocation has a new environment. */
  async renew(): Promise<void> {
    if (!this.#isStarted) return;
    await this.#lambda.shutdown();
    this.#isStarted = false;
  }

  async close(): Promise<void> {
    await this.#lambda.close();
    await this.proxy.close();
    await this.#file.remove();
  }
}

const commandOf = ({ runtime, environment }: PlannedFunction): readonly [string, ...string[]] => {
  if (runtime === 'python3.13')
    return ['/usr/bin/env', 'python3', here('runtime.py'), `${CHECK_FOLDER}functions/probe.py`];
  const node = [process.execPath, here('runtime.mjs'), `${CHECK_FOLDER}functions/probe.mjs`] as const;
  return environment.AWS_LAMBDA_EXEC_WRAPPER ? ['/bin/bash', WRAPPER, ...node] : node;
};

/** The ports of one function, by variable. Those of all functions in Lambda are the same. */
type Ports = Readonly<Record<'CACHE_EXTENSION_PORT', string>> & Readonly<Record<string, string>>;

const extensionVariables = (
  { planned, cacheYaml, variables, aws, journalTable }: EmulatedFunctionOptions,
  ports: Ports,
  dynamoDb: string,
): Record<string, string> => ({
  ...variables,
  ...ports,
  ...(cacheYaml === undefined ? { CACHE_EXTENSION_CONFIG: '' } : {}),
  CACHE_EXTENSION_DYNAMODB_ENDPOINT: dynamoDb,
  CACHE_EXTENSION_SSM_ENDPOINT: aws,
  CACHE_EXTENSION_SECRETS_MANAGER_ENDPOINT: aws,
  CACHE_EXTENSION_APPCONFIGDATA_ENDPOINT: aws,
  ...(planned.config === 'fleet' ? { CACHE_EXTENSION_JOURNAL_TABLE: journalTable } : {}),
  ...planned.environment,
});

/** With the port of this function in place of that of all functions in Lambda. */
const functionVariables = (
  { planned, variables, aws }: EmulatedFunctionOptions,
  ports: Ports,
): Record<string, string> => ({
  ...variables,
  PATH: String(process.env.PATH),
  // The folder of the probe is deployed as it is.
  PYTHONDONTWRITEBYTECODE: '1',
  ...ports,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: aws,
  ...Object.fromEntries(
    Object.entries(planned.environment).map(([name, value]) => [
      name,
      value.replace('http://127.0.0.1:4000', `http://127.0.0.1:${ports.CACHE_EXTENSION_PORT}`),
    ]),
  ),
});
