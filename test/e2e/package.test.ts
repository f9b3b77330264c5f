import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { startLambda } from '../../tools/lambda-emulator/index.ts';
import { freePort } from '../support/free-port.ts';
import { startSsm } from '../support/ssm.ts';

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
    cpSync(join(root, 'examples/parameter-cache'), folder, { recursive: true });
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

  it('puts nothing of DynamoDB and no container into the bundle of another cache extension', () => {
    expect(bundled.some((path) => path.includes('dynamodb-cache-extension/dist/lib/application/'))).toBe(
      true,
    );
    expect(
      bundled.filter((path) =>
        /domain\/dynamodb|adapters\/dynamodb|client-dynamodb|inversify|bootstrap/.test(path),
      ),
    ).toEqual([]);
  });

  it('is enough for an extension that caches parameters', async () => {
    const ssm = await startSsm({ '/app/greeting': 'hello' });
    const port = await freePort();
    const lambda = await startLambda({
      port,
      extension: {
        name: 'parameter-cache',
        command: [process.execPath, join(folder, 'extension.mjs')],
        env: {
          PARAMETER_CACHE_PORT: String(port),
          AWS_ENDPOINT_URL_SSM: ssm.endpoint,
          AWS_ACCESS_KEY_ID: 'id',
          AWS_SECRET_ACCESS_KEY: 'secret',
          AWS_REGION: 'eu-west-1',
        },
      },
    });
    try {
      await lambda.init();

      const first = await get(port, '/parameters?name=/app/greeting');
      const second = await get(port, '/parameters?name=/app/greeting');
      const absent = await get(port, '/parameters?name=/app/nothing');
      const nameless = await get(port, '/parameters');

      expect(first).toMatchObject({ status: 200, body: 'hello' });
      expect(second).toMatchObject({ status: 200, body: 'hello' });
      expect(second.cacheStatus).toMatch(/^parameter-cache; hit; ttl=\d+$/);
      expect(absent.status).toBe(404);
      expect(nameless.status).toBe(400);
      expect(ssm.asked).toEqual(['/app/greeting', '/app/nothing']);
      expect(await lambda.shutdown()).toMatchObject({ code: 0 });
    } finally {
      await lambda.close();
      await ssm.close();
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
    expect(npx('policy', '-')).toMatchObject({ status: 0, stdout: expect.stringContaining('table/Things') });
  });

  it.each([
    ['.', 'createCache'],
    ['./core', 'createCache'],
    ['./dynamodb', 'KeyCodec'],
    ['./bootstrap', 'createContainer'],
    ['./policy', 'policyFor'],
    ['./adapters/config', 'loadSettings'],
    ['./adapters/dynamodb', 'DynamoDbItemSource'],
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
