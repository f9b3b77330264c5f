import { Token } from 'aws-cdk-lib';
import { Architecture, type Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';

/** The available layers: one for Node.js runtimes, and one executable for each architecture. */
export const LAYER_NAMES = ['node', 'standalone-x86_64', 'standalone-arm64'] as const;

export type LayerName = (typeof LAYER_NAMES)[number];

/** The oldest Node.js version that runs the `node` layer. */
const OLDEST_NODE = 20;

/**
 * Returns the layer for functions of a runtime and architecture.
 *
 * @throws {Error} if the function cannot have layers or no layer runs on the runtime
 */
export const layerNameFor = (runtime: Runtime, architecture: Architecture): LayerName => {
  if (runtime.name === 'FROM_IMAGE') {
    throw new Error('a function from a container image has no layers: copy the extension into the image');
  }
  if (runtime.family !== RuntimeFamily.NODEJS) return standaloneFor(architecture);
  // If the stack has no fixed region, the Node.js version that CDK chooses is known only at deployment.
  if (Token.isUnresolved(runtime.name)) return 'node';
  const line = /^nodejs(\d+)\.x$/.exec(runtime.name)?.[1];
  if (line !== undefined && Number(line) >= OLDEST_NODE) return 'node';
  throw new Error(`the runtime is ${runtime.name}; allowed: nodejs${OLDEST_NODE}.x or later`);
};

const standaloneFor = (architecture: Architecture): LayerName =>
  architecture.name === Architecture.ARM_64.name ? 'standalone-arm64' : 'standalone-x86_64';
