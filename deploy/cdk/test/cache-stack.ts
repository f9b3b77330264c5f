import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import {
  type CacheSettings,
  DynamoDbCacheExtension,
  type DynamoDbCacheExtensionProps,
} from '../dist/index.js';

export const LAYER_NAMES = ['node', 'standalone-x86_64', 'standalone-arm64'];

const THINGS = 'dynamodb:\n  - table: Things\n    hashKey: id\n';

// It costs seconds of each test file. The example is synthesised with it.
process.env.CDK_VALIDATION = 'false';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An app in a folder of its own, with stand-ins for the zip files of the layers. */
export class CacheStack {
  readonly folder = mkdtempSync(join(tmpdir(), 'cache-stack-'));
  readonly app = new App({ outdir: join(this.folder, 'cdk.out') });
  readonly stack = new Stack(this.app, 'Stack');
  readonly layers = join(this.folder, 'layers');
  readonly config = join(this.folder, 'some.yaml');

  constructor(cacheYaml = THINGS) {
    folders.push(this.folder);
    mkdirSync(this.layers);
    for (const name of LAYER_NAMES) writeFileSync(join(this.layers, `${name}.zip`), name);
    writeFileSync(this.config, cacheYaml);
  }

  addCache(props: Partial<DynamoDbCacheExtensionProps> = {}): DynamoDbCacheExtension {
    const { config, layers } = this;
    return new DynamoDbCacheExtension(this.stack, 'Cache', { config, layers, ...props });
  }

  addCacheWithoutFile(settings: CacheSettings): DynamoDbCacheExtension {
    return new DynamoDbCacheExtension(this.stack, 'Cache', { layers: this.layers, settings });
  }

  addFunction(id = 'Function', runtime = Runtime.NODEJS_24_X, architecture = Architecture.X86_64) {
    return new LambdaFunction(this.stack, id, {
      runtime,
      architecture,
      handler: 'any.handler',
      code: Code.fromAsset(this.folder, { exclude: ['*'] }),
    });
  }

  /** What is deployed. */
  get template(): Template {
    return Template.fromStack(this.stack);
  }
}
