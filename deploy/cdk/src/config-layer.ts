import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileSystem, Stage } from 'aws-cdk-lib';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

const FOLDER = 'dynamodb-cache-config';
const FILE = 'cache.yaml';

/** The path of the file in functions with the config layer. */
export const CONFIG_PATH = `/opt/${FOLDER}/${FILE}`;

/** Creates a layer with `cache.yaml` for functions whose code has none. The same text gives the same layer. */
export const createConfigLayer = (scope: Construct, text: string): LayerVersion => {
  const content = contentFolder(scope);
  mkdirSync(join(content, FOLDER), { recursive: true });
  writeFileSync(join(content, FOLDER, FILE), text);
  return new LayerVersion(scope, 'layer-config', {
    description: 'cache.yaml of dynamodb-cache-extension',
    code: Code.fromAsset(content),
  });
};

/** A folder in the app's output, because it must outlive the synthesis if assets are not staged. */
const contentFolder = (scope: Construct): string => {
  const output = Stage.of(scope)?.outdir;
  return output === undefined
    ? FileSystem.mkdtemp('dynamodb-cache-config-')
    : join(output, `config.${scope.node.addr}`);
};
