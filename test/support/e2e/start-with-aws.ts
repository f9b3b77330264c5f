import { type AwsEmulator, startAwsEmulator } from '../../../tools/aws-emulator/index.ts';
import { CREDENTIALS } from '../../../tools/lambda-emulator/index.ts';
import { freePort } from '../free-port.ts';
import { exchange, type HttpAnswer } from '../http/exchange.ts';
import type { ExtensionUnderTest } from './extension-under-test.ts';
import { type ExtensionOptions, prepareExtension } from './start-extension.ts';

/** An emulated AWS that knows the credentials of the emulated function. */
export const startFunctionsAws = (): Promise<AwsEmulator> =>
  startAwsEmulator({
    credentials: {
      accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
      secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
      sessionToken: CREDENTIALS.AWS_SESSION_TOKEN,
    },
  });

/** The headers of a client that has the token of the function. */
export const WITH_TOKEN: Readonly<Record<string, string>> = {
  'X-Aws-Parameters-Secrets-Token': CREDENTIALS.AWS_SESSION_TOKEN,
};

/** The program in place of AWS's extension, before its start, and the port of that extension. */
export interface ReplacedUnderTest {
  readonly extension: ExtensionUnderTest;
  readonly compatiblePort: number;
  /** Sends a request to the port of AWS's extension, with the token unless there are other headers. */
  readonly ask: (
    path: string,
    headers?: Readonly<Record<string, string>>,
    method?: string,
  ) => Promise<HttpAnswer>;
}

interface ReplacedOptions extends Partial<Omit<ExtensionOptions, 'lambda'>> {
  readonly compatiblePort?: number;
  readonly lambda?: (compatiblePort: number) => ExtensionOptions['lambda'];
}

/** Prepares the program that replaces AWS's extension, without a `cache.yaml` unless one is given. */
export const prepareReplaced = async (
  aws: AwsEmulator,
  { cacheYaml, env, compatiblePort, lambda, ...rest }: ReplacedOptions = {},
): Promise<ReplacedUnderTest> => {
  const port = compatiblePort ?? (await freePort());
  const extension = await prepareExtension({
    ...rest,
    cacheYaml: cacheYaml ?? '',
    endpoint: aws.url,
    env: {
      ...(cacheYaml === undefined ? { CACHE_EXTENSION_CONFIG: '' } : {}),
      CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets',
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port),
      CACHE_EXTENSION_SSM_ENDPOINT: aws.url,
      CACHE_EXTENSION_SECRETS_MANAGER_ENDPOINT: aws.url,
      ...env,
    },
    lambda: { ...lambda?.(port) },
  });
  const ask: ReplacedUnderTest['ask'] = (path, headers = WITH_TOKEN, method = 'GET') =>
    exchange(`http://127.0.0.1:${port}`, { path, headers, method });
  return { extension, compatiblePort: port, ask };
};

/** The same, started. */
export const startReplaced = async (
  aws: AwsEmulator,
  options?: ReplacedOptions,
): Promise<ReplacedUnderTest> => {
  const replaced = await prepareReplaced(aws, options);
  await replaced.extension.lambda.init();
  return replaced;
};
