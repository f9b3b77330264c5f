import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const readJson = (path) => JSON.parse(readFileSync(root + path, 'utf8'));

/** All packages in package-lock.json, in CycloneDX. Asks nothing of a registry. */
const lockedPackages = () => {
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx'];
  const { status, stdout, stderr, error } = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`npm sbom: ${error?.message ?? stderr.trim()}`);
  return JSON.parse(stdout);
};

/**
 * What users get. `npm sbom --omit dev` would also omit each package that development shares with production, such as lru-cache.
 * npm marks packages that only development needs, and gives optional ones, which are not installed, another scope.
 */
const isShipped = ({ scope, properties }) =>
  scope === 'required' && !properties.some(({ name }) => name === 'cdx:npm:package:development');

const withoutDevelopment = (sbom) => {
  const components = sbom.components.filter(isShipped);
  const shipped = new Set([...components, sbom.metadata.component].map((each) => each['bom-ref']));
  const dependencies = sbom.dependencies
    .filter(({ ref }) => shipped.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => shipped.has(each)) }));
  // npm takes the name of the folder.
  const component = { ...sbom.metadata.component, name: readJson('package.json').name };
  return { ...sbom, metadata: { ...sbom.metadata, component }, components, dependencies };
};

/** The same with Bun, which is in the standalone layers. */
const withBun = (sbom) => {
  const { version, packages } = readJson('layers/bun.json');
  const bun = Object.values(packages).map(({ name, integrity }) => ({
    'bom-ref': `${name}@${version}`,
    type: 'application',
    name,
    version,
    scope: 'required',
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.split('-')[1], 'base64').toString('hex') }],
    licenses: [{ license: { id: 'MIT' } }],
  }));
  return { ...sbom, components: [...sbom.components, ...bun] };
};

const { positionals } = readArguments({
  usage: `node scripts/sbom.mjs <folder>
Writes lists of the components that users get, in CycloneDX: sbom.cdx.json for the package and the layer for Node.js,
sbom-standalone.cdx.json for the standalone layers, which have Bun as well.
  -h, --help  print this`,
  accepts: (words) => (words.length === 1 ? undefined : 'name one folder'),
});
const [folder] = positionals;
const shipped = withoutDevelopment(lockedPackages());
mkdirSync(folder, { recursive: true });
for (const [name, sbom] of [
  ['sbom.cdx.json', shipped],
  ['sbom-standalone.cdx.json', withBun(shipped)],
])
  writeFileSync(join(folder, name), `${JSON.stringify(sbom, null, 2)}\n`);
