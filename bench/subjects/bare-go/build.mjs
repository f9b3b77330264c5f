import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('main.go', import.meta.url));
const cache = fileURLToPath(new URL('../../../node_modules/.cache/bare-go/', import.meta.url));

/** G uses the standard library alone, so the build downloads nothing. */
const BUILD_ENV = { GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local', CGO_ENABLED: '0' };

const go = (...args) =>
  spawnSync('go', args, { encoding: 'utf8', cwd: dirname(source), env: { ...process.env, ...BUILD_ENV } });

/**
 * Builds G, unless the cache has it for this source and version of Go.
 *
 * @returns {{ program: string, version: string } | { unavailable: string }} `unavailable` is the reason
 * @throws {Error} if Go is installed and the build fails
 */
export const buildBareGo = () => {
  const { status, stdout } = go('version');
  if (status !== 0) return { unavailable: 'go was not found on the PATH' };
  const version = stdout.trim().replace(/^go version /, '');
  const digest = createHash('sha256').update(version).update(readFileSync(source)).digest('hex').slice(0, 12);
  const program = `${cache}${digest}/bare-go`;
  if (existsSync(program)) return { program, version };
  console.error(`Building G with ${version} …`);
  mkdirSync(dirname(program), { recursive: true });
  // Another process may build it too, so the finished program is moved into place.
  const next = `${program}.${process.pid}`;
  const built = go('build', '-o', next, source);
  if (built.status !== 0) throw new Error(`go build ${source} failed: ${built.stderr.trim()}`);
  renameSync(next, program);
  return { program, version };
};
