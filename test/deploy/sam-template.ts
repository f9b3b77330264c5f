import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { type CheckedCacheYaml, checkCacheYaml } from '../../src/exports/policy.ts';
import { type Resource, readTemplate } from './cloudformation-yaml.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const home = join(root, 'deploy/sam');

/** Path of what the template names. */
export const pathOf = (named: string): string => join(home, named);

/** Text of what the template names. */
export const read = (named: string): string => readFileSync(pathOf(named), 'utf8');

export const template = readTemplate(read('template.yaml'));

/** Resources of a type, with their names. */
export const resourcesOf = (type: string): readonly (readonly [string, Resource])[] =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

export const properties = (resource: Resource | undefined): Readonly<Record<string, unknown>> =>
  resource?.Properties ?? {};

const names = v.array(v.object({ Ref: v.string() }));

const samFunction = v.object({
  name: v.string(),
  CodeUri: v.string(),
  Handler: v.string(),
  Runtime: v.string(),
  Architectures: v.array(v.string()),
  Layers: names,
  Policies: names,
  Environment: v.object({ Variables: v.record(v.string(), v.unknown()) }),
});

/** A function, with what the template says of all functions. */
export type SamFunction = v.InferOutput<typeof samFunction>;

export const functions: readonly SamFunction[] = resourcesOf('AWS::Serverless::Function').map(
  ([name, resource]) =>
    v.parse(samFunction, { name, ...template.Globals?.Function, ...properties(resource) }),
);

export const layersOf = ({ Layers }: SamFunction): readonly Readonly<Record<string, unknown>>[] =>
  Layers.map(({ Ref }) => properties(template.Resources[Ref]));

/** Path of the zip file of a layer, from the root of the project. */
export const zipOf = (layer: Readonly<Record<string, unknown>>): string =>
  relative(root, pathOf(String(layer.ContentUri)));

/** The variables whose values the template knows. */
export const environmentOf = ({ Environment }: SamFunction): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(Environment.Variables).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );

/** What the `cache.yaml` in the function's code says to it. */
export const cacheYamlOf = (fn: SamFunction): CheckedCacheYaml =>
  checkCacheYaml(read(join(fn.CodeUri, 'cache.yaml')), { environment: environmentOf(fn) });
