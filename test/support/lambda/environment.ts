import type { LambdaOptions } from './options.ts';

/** What the emulated function is called. */
export const FUNCTION = {
  functionName: 'sample',
  functionVersion: '$LATEST',
  handler: 'index.handler',
  accountId: '123456789012',
} as const;

/** The credentials of the function, in the variables of its environment. */
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

/** The variables that Lambda sets for an extension; it passes the function's own on, except those that begin with `_`. */
export function extensionEnvironment(
  options: LambdaOptions,
  runtimeApi: string,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const all = { ...platformVariables(options, runtimeApi), ...own };
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => !name.startsWith('_') && name !== 'AWS_XRAY_CONTEXT_MISSING'),
  );
}

/** The variables that Lambda sets for the function's runtime. */
export function runtimeEnvironment(
  options: LambdaOptions,
  runtimeApi: string,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    ...platformVariables(options, runtimeApi),
    _HANDLER: FUNCTION.handler,
    LAMBDA_TASK_ROOT: '/var/task',
    ...own,
  };
}

function platformVariables(options: LambdaOptions, runtimeApi: string): Record<string, string> {
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
    // A snapshot must not hold credentials: under SnapStart they are fetched.
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
