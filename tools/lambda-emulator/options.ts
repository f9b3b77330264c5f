/** How a process is started. It inherits no variables and has its own process group. */
export interface ProcessSpec {
  /** The absolute path of an executable, started without arguments as Lambda does; or a program with arguments. */
  readonly command: string | readonly [string, ...string[]];
  /** Added to Lambda's own variables; a variable of the same name replaces Lambda's. */
  readonly env?: Readonly<Record<string, string>>;
  /** `/` by default. */
  readonly cwd?: string;
}

/** A file in `/opt/extensions`. */
export interface ExtensionSpec extends ProcessSpec {
  /** The file's name, under which the process must register. */
  readonly name: string;
}

export interface HandlerContext {
  readonly requestId: string;
  /** Wall time in milliseconds. */
  readonly deadlineMs: number;
}

/** A function that runs in the process of the test. An exception is reported as the function's error. */
export type Handler = (event: unknown, context: HandlerContext) => unknown;

export interface LambdaOptions {
  /** The extension under test. */
  readonly extension: ExtensionSpec;
  readonly otherExtensions?: readonly ExtensionSpec[];
  /** The function; by default it returns its event. */
  readonly handler?: Handler;
  /** The function as a process that speaks to the Runtime API, instead of `handler`. */
  readonly functionProcess?: ProcessSpec;
  /** A port of 127.0.0.1 that the emulator probes at each registration; the journal records whether it is open. */
  readonly port?: number;
  /** Each registration waits for it; by default for nothing. */
  readonly beforeRegistration?: () => Promise<void>;
  readonly initializationType?:
    | 'on-demand'
    | 'provisioned-concurrency'
    | 'snap-start'
    | 'lambda-managed-instances';
  /** Whether to reject subscriptions to INVOKE; by default only on Managed Instances, as in Lambda. */
  readonly refuseInvoke?: boolean;
  /** The function's time-out, 10 s by default. */
  readonly timeoutMs?: number;
  /** 10 s by default, as in Lambda. */
  readonly initTimeoutMs?: number;
  /** How long a shutdown may take, 2 s by default, as in Lambda. */
  readonly shutdownMs?: number;
  /** How long the function's process may take to end after SIGTERM, 300 ms by default, as in Lambda. */
  readonly runtimeGraceMs?: number;
  /** 128 by default. */
  readonly memoryMiB?: number;
  /** `eu-west-1` by default. */
  readonly region?: string;
}

/** The names of the emulated function. */
export const FUNCTION = {
  functionName: 'sample',
  functionVersion: '$LATEST',
  handler: 'index.handler',
  accountId: '123456789012',
} as const;

/** The credentials in the environment variables. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'emulated-key-id',
  AWS_SECRET_ACCESS_KEY: 'emulated-secret',
  AWS_SESSION_TOKEN: 'emulated-session',
} as const;

export const CREDENTIALS_PATH = '/2021-04-23/credentials';
export const CREDENTIALS_TOKEN = 'emulated-credentials-token';

export function functionArn(options: LambdaOptions): string {
  return `arn:aws:lambda:${regionOf(options)}:${FUNCTION.accountId}:function:${FUNCTION.functionName}`;
}

/** Where an execution environment finds what is its own. */
export interface EnvironmentPlace {
  /** `host:port` of the APIs. */
  readonly runtimeApi: string;
  /** In place of `/tmp`. A reset keeps it. */
  readonly temporaryFolder: string;
}

/** The variables of an extension: Lambda's and the function's own, except those that begin with `_`. */
export function extensionEnvironment(
  options: LambdaOptions,
  place: EnvironmentPlace,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const all = { ...platformVariables(options, place), ...own };
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => !name.startsWith('_') && name !== 'AWS_XRAY_CONTEXT_MISSING'),
  );
}

/** The variables that Lambda sets for the function's runtime. */
export function runtimeEnvironment(
  options: LambdaOptions,
  place: EnvironmentPlace,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    ...platformVariables(options, place),
    _HANDLER: FUNCTION.handler,
    LAMBDA_TASK_ROOT: '/var/task',
    ...own,
  };
}

function platformVariables(
  options: LambdaOptions,
  { runtimeApi, temporaryFolder }: EnvironmentPlace,
): Record<string, string> {
  const initializationType = options.initializationType ?? 'on-demand';
  return {
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_LAMBDA_FUNCTION_NAME: FUNCTION.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: FUNCTION.functionVersion,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memoryMiB ?? 128),
    AWS_LAMBDA_INITIALIZATION_TYPE: initializationType,
    AWS_REGION: regionOf(options),
    AWS_DEFAULT_REGION: regionOf(options),
    LANG: 'en_US.UTF-8',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    TZ: ':UTC',
    // Not set by Lambda, where the folder is /tmp itself.
    TMPDIR: temporaryFolder,
    // A snapshot must not contain credentials: under SnapStart, programs fetch them.
    ...(initializationType === 'snap-start'
      ? {
          AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://${runtimeApi}${CREDENTIALS_PATH}`,
          AWS_CONTAINER_AUTHORIZATION_TOKEN: CREDENTIALS_TOKEN,
        }
      : CREDENTIALS),
  };
}

function regionOf(options: LambdaOptions): string {
  return options.region ?? 'eu-west-1';
}
