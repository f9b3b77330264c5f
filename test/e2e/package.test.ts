import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { startLambda } from '../../tools/lambda-emulator/index.ts';
import { freePort } from '../support/free-port.ts';
import { answering, ScriptedServer } from '../support/http/scripted-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const npm = (cwd: string, ...args: string[]) =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, encoding: 'utf8' });

describe('the package, installed from its tarball into an empty folder', () => {
  let folder: string;
  let bundled: readonly string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'package-test-'));
    const [{ filename }] = JSON.parse(
      npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
    );
    cpSync(join(root, 'examples/flag-cache'), folder, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    manifest.dependencies['dynamodb-cache-extension'] = `file:${filename}`;
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    npm(folder, 'install', '--no-package-lock', '--prefer-offline', '@types/node@20');
    const { metafile } = await build({
      absWorkingDir: folder,
      entryPoints: ['extension.ts'],
      outfile: join(folder, 'extension.mjs'),
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'esm',
      metafile: true,
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
    bundled = Object.values(metafile.outputs).flatMap((output) =>
      Object.entries(output.inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([path]) => path),
    );
  }, 180_000);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('type-checks where it is used, declarations included', () => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');

    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { cwd: folder, encoding: 'utf8' });

    expect(stdout).toBe('');
  });

  it('puts neither AWS, nor DynamoDB, nor a container into the bundle of another cache extension', () => {
    expect(bundled.some((path) => path.includes('dynamodb-cache-extension/dist/lib/application/'))).toBe(
      true,
    );
    expect(
      bundled.filter((path) =>
        /@aws-sdk|@smithy|adapters\/aws|domain\/dynamodb|adapters\/dynamodb|inversify|bootstrap/.test(path),
      ),
    ).toEqual([]);
  });

  it('takes less than 100 lines of code for an extension with a source of its own', () => {
    const lines = ['extension.ts', 'flag-file-source.ts'].flatMap((name) =>
      readFileSync(join(folder, name), 'utf8').split('\n'),
    );
    const code = lines.filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/\*)/.test(line));

    expect(code.length).toBeGreaterThan(50);
    expect(code.length).toBeLessThan(100);
  });

  it('is enough for an extension that caches the flags of a file, and downloads the file only if it has changed', async () => {
    const file = '{"dark-mode":true,"limits":{"cart":20}}';
    const origin = await ScriptedServer.start((response, { headers }) => {
      const isKnown = headers['if-none-match'] === '"1"';
      answering(isKnown ? 304 : 200, isKnown ? '' : file, { etag: '"1"' })(response);
    });
    const port = await freePort();
    const lambda = await startLambda({
      port,
      extension: {
        name: 'flag-cache',
        command: [process.execPath, join(folder, 'extension.mjs')],
        env: { FLAG_CACHE_PORT: String(port), FLAGS_URL: `${origin.url}/flags.json` },
      },
    });
    try {
      await lambda.init();

      const first = await get(port, '/flags?name=dark-mode');
      const second = await get(port, '/flags?name=dark-mode');
      const other = await get(port, '/flags?name=limits');
      const absent = await get(port, '/flags?name=nothing');
      const nameless = await get(port, '/flags');

      expect(first).toMatchObject({ status: 200, body: 'true' });
      expect(second).toMatchObject({ status: 200, body: 'true' });
      expect(second.cacheStatus).toMatch(/^flag-cache; hit; ttl=\d+$/);
      expect(other).toMatchObject({ status: 200, body: '{"cart":20}' });
      expect(absent.status).toBe(404);
      expect(nameless.status).toBe(400);
      expect(origin.received.map(({ line, headers }) => [line, headers['if-none-match']])).toEqual([
        ['GET /flags.json', undefined],
        ['GET /flags.json', '"1"'],
        ['GET /flags.json', '"1"'],
      ]);
      expect(await lambda.shutdown()).toMatchObject({ code: 0 });
    } finally {
      await lambda.close();
      await origin.close();
    }
  });

  it('brings its command line', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const npx = (...args: string[]) =>
      spawnSync('npx', ['--no-install', 'dynamodb-cache-extension', ...args], {
        cwd: folder,
        encoding: 'utf8',
        input: 'dynamodb: [{ table: Things, hashKey: id }]',
        timeout: 20_000,
      });

    expect(npx('--version')).toMatchObject({ status: 0, stdout: `${version}\n` });
    expect(npx('validate', '-')).toMatchObject({
      stdout: expect.stringContaining('\nNext: npx dynamodb-cache-extension policy -\n'),
    });
    expect(npx('policy', '-')).toMatchObject({ status: 0, stdout: expect.stringContaining('table/Things') });
  });

  it.each([
    ['.', 'createCache'],
    ['./core', 'createCache'],
    ['./dynamodb', 'KeyCodec'],
    ['./bootstrap', 'createContainer'],
    ['./bootstrap', 'loadProgramSettings'],
    ['./policy', 'policyFor'],
    ['./adapters/config', 'loadSettings'],
    ['./adapters/dynamodb', 'DynamoDbItemSource'],
    ['./adapters/dynamodb', 'DynamoDbJournal'],
    ['./adapters/http', 'createApp'],
    ['./adapters/lambda', 'registerExtension'],
    ['./adapters/memory', 'LruCacheStore'],
    ['./adapters/process', 'SignalEvents'],
    ['./adapters/system', 'SystemClock'],
  ])('exports %s, and starts nothing by its import', (path, name) => {
    // The process would hang, or print, if the import had opened or started anything.
    const script = `const { ${name} } = await import('${join('dynamodb-cache-extension', path)}'); process.stdout.write(typeof ${name});`;

    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 20_000,
    });

    expect(printed).toBe('function');
  });
});

const get = async (port: number, path: string) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return {
    status: response.status,
    body: await response.text(),
    cacheStatus: response.headers.get('cache-status'),
  };
};
