import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bunVersion, ensureBun } from './bun.mjs';
import { bundle, fileOf } from './bundle.mjs';
import { section } from './licences.mjs';

/** The architecture of this machine, as Lambda calls it. */
const HOST = { x64: 'x86_64', arm64: 'arm64' }[process.arch];

const COMPILE = [
  'build',
  '--compile',
  '--bytecode',
  '--minify',
  '--target=bun',
  // What lies where Lambda starts it is the function's.
  '--no-compile-autoload-dotenv',
  '--no-compile-autoload-bunfig',
];

/** The program with the runtime that it needs in one executable, for Linux on an architecture. */
export const buildStandalone = async (architecture) => {
  if (process.platform !== 'linux' || HOST === undefined) {
    throw new Error('the standalone layers are built on Linux, on x86_64 or arm64');
  }
  const { files, metafile } = await bundle({
    entryPoints: { extension: 'src/bootstrap/main-bun.ts' },
    target: 'es2022',
    // Bun keeps bytecode of CommonJS; what is imported lazily waits in a function until then.
    format: 'cjs',
  });
  return {
    launcher: 'layers/launch-standalone.sh',
    metafile,
    files: new Map([['extension', { bytes: compile(files.get('extension.js'), architecture), mode: 0o755 }]]),
    notices: [section([`Bun ${bunVersion}`], fileOf('layers/licences/bun.md').toString().trim())],
  };
};

const compile = (program, architecture) => {
  const [bun, runtime] = [ensureBun(HOST), ensureBun(architecture)];
  const folder = mkdtempSync(join(tmpdir(), 'standalone-layer-'));
  try {
    writeFileSync(`${folder}/extension.js`, program);
    const args = [...COMPILE, `--compile-executable-path=${runtime}`, '--outfile=extension', 'extension.js'];
    const { status, stderr, error } = spawnSync(bun, args, {
      cwd: folder,
      encoding: 'utf8',
      timeout: 120_000,
      env: { PATH: '/usr/bin:/bin', HOME: folder },
    });
    if (status !== 0)
      throw new Error(`Bun could not compile the program: ${(error?.message ?? stderr).trim()}`);
    return readFileSync(`${folder}/extension`);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
