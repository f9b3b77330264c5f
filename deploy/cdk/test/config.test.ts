import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { CacheStack } from './cache-stack.ts';
import { DeployedFunction } from './deployed-function.ts';

const THINGS = 'dynamodb:\n  - table: Things\n    hashKey: id\n';

const filesUnder = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

/** The folder of the config layer's files, as the synthesised app would upload it. */
const contentOfConfigLayer = (world: CacheStack): string => {
  const layer = new DeployedFunction(world.template).layers[1];
  const { files } = JSON.parse(readFileSync(join(world.app.outdir, 'Stack.assets.json'), 'utf8'));
  const hash = Object.keys(files).find((each) => JSON.stringify(layer).includes(`${each}.zip`));
  return join(world.app.outdir, files[String(hash)].source.path);
};

describe('the configuration', () => {
  it('comes to the function in a layer, and the function is told where', () => {
    const world = new CacheStack(THINGS);
    world.addCache().attachTo(world.addFunction());
    world.app.synth();
    const { CACHE_EXTENSION_CONFIG: path } = new DeployedFunction(world.template).environment;
    const content = contentOfConfigLayer(world);

    expect(filesUnder(content)).toEqual([join(content, String(path).replace('/opt/', ''))]);
    expect(filesUnder(content).map((file) => readFileSync(file, 'utf8'))).toEqual([THINGS]);
  });

  it('makes the same layer of the same text, so that nothing is deployed in vain', () => {
    const keys = [THINGS, THINGS, `# another\n${THINGS}`].map((text) => {
      const world = new CacheStack(text);
      world.addCache().attachTo(world.addFunction());
      return JSON.stringify(new DeployedFunction(world.template).layers[1]);
    });

    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('is left to the code of the function where that has it', () => {
    const world = new CacheStack();
    world.addCache({ configInCode: true }).attachTo(world.addFunction());
    const { layers, environment } = new DeployedFunction(world.template);

    expect(layers).toHaveLength(1);
    expect(environment).toEqual({});
  });

  it('may be absent for the ports of AWS extensions, with a warning that no permission is granted', () => {
    const world = new CacheStack();
    const settings = { compatibility: 'parameters-and-secrets,appconfig' };
    world.addCacheWithoutFile(settings).attachTo(world.addFunction());
    const { layers, environment, statements } = new DeployedFunction(world.template);

    expect([layers.length, statements]).toEqual([1, []]);
    expect(environment).toEqual({ CACHE_EXTENSION_COMPATIBILITY: settings.compatibility });
    Annotations.fromStack(world.stack).hasWarning('*', Match.stringLikeRegexp('^No permission is granted'));
  });

  it('does not hide wrong settings if it is absent', () => {
    const settings = { compatibility: 'parameters' };

    expect(() => new CacheStack().addCacheWithoutFile(settings)).toThrow('CACHE_EXTENSION_COMPATIBILITY');
  });

  it('that is wrong keeps the app from being synthesised, and says where it is wrong', () => {
    const world = new CacheStack('dynamodb:\n  - table: Things\n    hashkay: id\n');

    expect(() => world.addCache()).toThrow(`${world.config}:3:5: `);
  });

  it('that is not there keeps the app from being synthesised', () => {
    const world = new CacheStack();

    expect(() => world.addCache({ config: `${world.folder}/nowhere.yaml` })).toThrow('nowhere.yaml');
  });
});
