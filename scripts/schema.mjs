import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';
import { build } from 'esbuild';
import { readArguments } from './arguments.mjs';

const { values } = readArguments({
  usage: `npm run schema -- [--check]
Writes cache.schema.json, by which editors check cache.yaml, from the validators that read it.
  --check     write nothing: the exit status says whether the file is up to date
  -h, --help  print this`,
  options: { check: { type: 'boolean' } },
});

const source = new URL('../src/', import.meta.url);
const target = new URL('../cache.schema.json', import.meta.url);
const id = 'https://unpkg.com/dynamodb-cache-extension/cache.schema.json';

const bundle = await build({
  stdin: {
    contents: `export { cacheYamlSchema } from './adapters/config/cache-yaml/cache-yaml-schema.ts';
      export { SECTIONS } from './bootstrap/modules/sections.ts';`,
    resolveDir: fileURLToPath(source),
  },
  bundle: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  // Loaded with the first call only.
  external: ['@aws-sdk/*'],
  write: false,
});
const [{ text }] = bundle.outputFiles;
const { cacheYamlSchema, SECTIONS } = await import(`data:text/javascript,${encodeURIComponent(text)}`);

const { $schema, ...schema } = toJsonSchema(cacheYamlSchema(SECTIONS), {
  typeMode: 'input',
  // JSON Schema has no words for these: an ARN is refused by the pattern, too, and lengths in bytes are rare.
  ignoreActions: ['check', 'raw_check', 'max_bytes'],
});
allowNulls(schema);
allowVariables(schema);
// At least one section, which is not null.
schema.anyOf = Object.keys(schema.properties).map((name) => ({
  required: [name],
  properties: { [name]: { type: ['array', 'object'] } },
}));
// Sections that hold what others merge.
schema.patternProperties = { '^x-': {} };
const current = `${JSON.stringify({ $schema, $id: id, ...schema }, null, 2)}\n`;

if (values.check) {
  const written = await readFile(target, 'utf8').catch(() => '');
  if (written.replaceAll('\r\n', '\n') !== current) {
    console.error('cache.schema.json is out of date: run npm run schema');
    process.exitCode = 1;
  }
} else {
  await writeFile(target, current);
}

/** An optional setting that is null counts as not given, which the validator sees to before it asks its schema. */
function allowNulls({ properties = {}, required = [], items, anyOf = [] }) {
  for (const [name, property] of Object.entries(properties)) {
    allowNulls(property);
    if (required.includes(name)) continue;
    if (property.type !== undefined) property.type = [property.type, 'null'].flat();
    property.enum?.push(null);
    property.anyOf?.push({ type: 'null' });
  }
  for (const inner of [...anyOf, ...(items === undefined ? [] : [items])]) allowNulls(inner);
}

/** A text may refer to environment variables, as in `${PRODUCTS_TABLE}`. What they hold is checked at the start. */
function allowVariables({ properties = {}, items, anyOf = [] }) {
  for (const inner of [...Object.values(properties), ...anyOf, ...(items === undefined ? [] : [items])]) {
    if (inner.pattern !== undefined) inner.pattern = `${inner.pattern}|\\$\\{[A-Za-z_]`;
    allowVariables(inner);
  }
}
