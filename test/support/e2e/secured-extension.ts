import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startLambda } from '../../../tools/lambda-emulator/index.ts';
import { freePort } from '../free-port.ts';
import { writeCacheYaml } from './cache-yaml-file.ts';
import { ExtensionUnderTest } from './extension-under-test.ts';
import { HttpClient } from './http-client.ts';
import { layerPlace } from './layer-place.ts';
import { EXTENSION_NAME, LAYER, programStart } from './program.ts';

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
