import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Call, countsOf, type FileOnPath } from '../../scripts/trace/path.mjs';

/** The most files that a request may enter, in all and of `bootstrap`: what docs/maintainers/architecture.md promises to its readers. */
const LIMITS = {
  hit: { files: 15, bootstrapFiles: 0 },
  miss: { files: 40, bootstrapFiles: 0 },
  'wire GetItem hit': { files: 24, bootstrapFiles: 0 },
  'wire GetItem miss': { files: 48, bootstrapFiles: 0 },
  'wire PutItem': { files: 34, bootstrapFiles: 0 },
} as const;

interface Trace {
  readonly name: string;
  readonly status: number;
  readonly files: readonly FileOnPath[];
  readonly calls: readonly Call[];
}

const script = fileURLToPath(new URL('../../scripts/trace.mjs', import.meta.url));

const run = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  if (status !== 0) throw new Error(`the tool ended with status ${status}: ${stderr}`);
  return stdout;
};

describe('the paths of requests', () => {
  let traces: readonly Trace[];

  beforeAll(() => {
    traces = JSON.parse(run('--json'));
  }, 120_000);

  it('of all standard cases are traced, and each is answered with status 200', () => {
    expect(traces.map(({ name }) => name)).toEqual(Object.keys(LIMITS));
    expect(traces.map(({ status }) => status)).toEqual(traces.map(() => 200));
  });

  it.each(Object.entries(LIMITS))('a %s enters no more files than its limit', (name, limits) => {
    const { files = [] } = traces.find((trace) => trace.name === name) ?? {};
    const counts = countsOf(files);

    expect(counts.files).toBeGreaterThan(0);
    expect(counts.files).toBeLessThanOrEqual(limits.files);
    expect(counts.bootstrapFiles).toBeLessThanOrEqual(limits.bootstrapFiles);
  });

  it('do not enter the code for environments that agree, if no table needs it', () => {
    const entered = traces.flatMap(({ files }) => files.map(({ path }) => path));
    const isForFleets = (path: string) =>
      /^(application\/(coherence|tier)|adapters\/(valkey|dynamodb\/journal))\//.test(path);

    expect(entered).toContain('application/reading/read-item.ts');
    expect(entered.filter(isForFleets)).toEqual([]);
  });

  it('have more files for a miss than for a hit, and only a miss waits', () => {
    const [hit, miss] = traces;

    expect(hit?.calls.some(({ isContinued }) => isContinued)).toBe(false);
    expect(miss?.calls.some(({ isContinued }) => isContinued)).toBe(true);
    expect(miss?.files.length).toBeGreaterThan(hit?.files.length ?? 0);
  });

  it('are printed with the status of the answer, and are short for a request that is sent once before', () => {
    const text = run('--again', 'GET /dynamodb?name=Products@@no-such-item');
    const [, count = ''] = /^files entered: (\d+) \(adapters \d+/m.exec(text) ?? [];

    expect(text).toContain('GET /dynamodb?name=Products@@no-such-item\nstatus 404, ');
    expect(text).toMatch(/^ 1 {2}src\/adapters\/\S+\.ts +adapters: \S+ +[\d.]+ +\d+ +\d+$/m);
    expect(text).toMatch(/^returns into files already left: \d+$/m);
    expect(count).not.toBe('');
    expect(Number(count)).toBeLessThan(countsOf(traces[1]?.files ?? []).files);
  }, 60_000);
});
