import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileSystem, Stage } from 'aws-cdk-lib';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

const FOLDER = 'dynamodb-cache-config';
const FILE = 'cache.yaml';

/** Where functions with the config layer find the file. */
export const CONFIG_PATH = `/opt/${FOLDER}/${FILE}`;

/** A layer that brings `cache.yaml` to functions whose code does not. The same text makes the same layer. */
export const createConfigLayer = (scope: Construct, text: string): LayerVersion => {
  const content = contentFolder(scope);
  mkdirSync(join(content, FOLDER), { recursive: true });
  writeFileSync(join(content, FOLDER, FILE), text);
  return new LayerVersion(scope, 'layer-config', {
    description: 'cache.yaml of dynamodb-cache-extension',
    code: Code.fromAsset(content),
  });
};

/** In the app's own output, which goes when that does; it must outlive the synthesis where assets are not staged. */
const contentFolder = (scope: Construct): string => {
  const output = Stage.of(scope)?.outdir;
  return output === undefined
    ? FileSystem.mkdtemp('dynamodb-cache-config-')
    : join(output, `config.${scope.node.addr}`);
};
