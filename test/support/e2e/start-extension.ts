import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type LambdaOptions, startLambda } from '../../../tools/lambda-emulator/index.ts';
import { freePort } from '../free-port.ts';
import { writeCacheYaml } from './cache-yaml-file.ts';
import { ExtensionUnderTest } from './extension-under-test.ts';
import { HttpClient } from './http-client.ts';
import { layerPlace } from './layer-place.ts';
import { EXTENSION_NAME, LAYER, programStart } from './program.ts';

export interface ExtensionOptions {
  /** The text of the file. */
  readonly cacheYaml: string;
  /** Where DynamoDB is. */
  readonly endpoint: string;
  /** Beyond what the world itself sets, or in place of it; an empty variable counts as unset. */
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly lambda?: Partial<Omit<LambdaOptions, 'extension' | 'port'>>;
}

/** Prepares everything; the program runs as soon as `lambda.init()` is called. */
export const prepareExtension = async (options: ExtensionOptions): Promise<ExtensionUnderTest> => {
  const { cacheYaml, endpoint, env, port = await freePort() } = options;
  const file = await writeCacheYaml(cacheYaml);
  const lambda = await startLambda({
    ...options.lambda,
    port,
    extension: {
      name: EXTENSION_NAME,
      ...programStart(file, {
        CACHE_EXTENSION_DYNAMODB_ENDPOINT: endpoint,
        CACHE_EXTENSION_PORT: String(port),
        ...env,
      }),
    },
  });
  return new ExtensionUnderTest(lambda, port, new HttpClient(port), file);
};

/**
 * Starts the built program in an emulated Lambda, and resolves when the init phase is over.
 *
 * @example
 * const extension = await startExtension({ cacheYaml, endpoint: dynamodb.endpoint });
 * const { status, body } = await extension.get(itemPath('Products', 'p1', 's1'));
 * await extension.close();
 */
export const startExtension = async (options: ExtensionOptions): Promise<ExtensionUnderTest> => {
  const extension = await prepareExtension(options);
  try {
    await extension.lambda.init();
    return extension;
  } catch (failure) {
    const said = extension.lambda.output.join('\n');
    await extension.close();
    throw new Error(`the extension did not start:\n${said}`, { cause: failure });
  }
};

/**
 * Starts the extension with the table `Things`.
 *
 * @param certificate in PEM, of the authority that it trusts; undefined for none
 */
export const startSecuredExtension = async (
  certificate: string | undefined,
  variables: Readonly<Record<string, string>>,
): Promise<ExtensionUnderTest> => {
  const file = await writeCacheYaml('dynamodb:\n  - table: Things\n    hashKey: id\n');
  const folder = dirname(file.path);
  const seen = LAYER === undefined ? folder : layerPlace(LAYER, folder).task;
  if (certificate !== undefined) await writeFile(join(folder, 'certificate.pem'), certificate);
  const port = await freePort();
  const env = {
    CACHE_EXTENSION_PORT: String(port),
    ...(certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: `${seen}/certificate.pem` }),
    ...variables,
  };
  const lambda = await startLambda({ port, extension: { name: EXTENSION_NAME, ...programStart(file, env) } });
  const extension = new ExtensionUnderTest(lambda, port, new HttpClient(port), file);
  await lambda.init();
  return extension;
};
