import { fileURLToPath } from 'node:url';

/** Where the files lie that the demo runs and reads. */
export interface ProjectFiles {
  /** The program as the layer ships it. */
  readonly extension: string;
  readonly sampleFunction: string;
  /** One that knows nothing of the cache. */
  readonly sdkFunction: string;
  /** One for AWS's Parameters and Secrets extension. */
  readonly secretsFunction: string;
  readonly statusPage: string;
  readonly cacheYaml: string;
  /** Of each environment in a fleet. */
  readonly fleetYaml: string;
}

/** @param root the folder of the project */
export const projectFiles = (root: URL): ProjectFiles => {
  const pathOf = (path: string) => fileURLToPath(new URL(path, root));
  return {
    extension: pathOf('dist/extension/extension.mjs'),
    sampleFunction: pathOf('dist/demo/function.mjs'),
    sdkFunction: pathOf('dist/demo/sdk-function.mjs'),
    secretsFunction: pathOf('dist/demo/secrets-function.mjs'),
    statusPage: pathOf('dist/demo/status-page.html'),
    cacheYaml: pathOf('demo/cache.yaml'),
    fleetYaml: pathOf('demo/fleet.yaml'),
  };
};
