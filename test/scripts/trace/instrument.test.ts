import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { instrument } from '../../../scripts/trace/instrument.mjs';
import { pathOf, usualPath } from '../../../scripts/trace/path.mjs';
import { Recorder } from '../../../scripts/trace/recorder.mjs';

const PATH = 'ring/room/file.ts';

/** Loads a module without imports and exports; what it assigns to `main` is to be called. */
const load = (source: string) => {
  const js = instrument(new Map([[PATH, source]])).get(PATH.replace('.ts', '.js')) ?? '';
  const recorder = new Recorder();
  const body = `let main; ${js.replace('export {};', '')}\nreturn main;`;
  const main: (...args: readonly unknown[]) => unknown = new Function('__trace', body)(recorder);
  return { main, recorder };
};

/** What was recorded, as `<kind> <function>`. */
const shown = (recorder: Recorder): readonly string[] => {
  const { files, records } = recorder.stop();
  return records.map(([kind, file, fn]) => `${kind} ${files[file]?.functions[fn]?.[0]}`);
};

const recorded = async (source: string, ...args: readonly unknown[]) => {
  const { main, recorder } = load(source);
  recorder.start();
  const result = await main(...args);
  return { result, records: shown(recorder) };
};

it('records functions, arrow functions, methods, accessors and constructors by their names, in order', async () => {
  const { result, records } = await recorded(
    `
    class Sum {
      readonly #parts: number[];
      constructor(parts: number[]) { this.#parts = parts; }
      get total(): number { return this.#added(); }
      #added(): number { return this.#parts.reduce((sum, each) => sum + each, 0); }
    }
    const half = (value: number): number => value / 2;
    function run(...parts: number[]) { return half(new Sum(parts).total); }
    main = run;
  `,
    4,
    6,
  );

  expect(result).toBe(5);
  expect(records).toEqual([
    'begins run',
    'begins constructor',
    'ends constructor',
    'begins total',
    'begins #added',
    'begins (anonymous)',
    'ends (anonymous)',
    'begins (anonymous)',
    'ends (anonymous)',
    'ends #added',
    'ends total',
    'begins half',
    'ends half',
    'ends run',
  ]);
});

it('records the end of a function that throws', async () => {
  const { result, records } = await recorded(`
    const fails = (): never => { throw new Error('no'); };
    main = (): string => { try { return fails(); } catch { return 'caught'; } };
  `);

  expect(result).toBe('caught');
  expect(records).toEqual(['begins (anonymous)', 'begins fails', 'ends fails', 'ends (anonymous)']);
});

it('records that an async function waits and continues, and what runs meanwhile', async () => {
  const { result, records } = await recorded(`
    const slow = async (name: string) => { await undefined; return name; };
    const both = async () => {
      const first = slow('a');
      const second = slow('b');
      return (await first) + (await second);
    };
    main = both;
  `);

  expect(result).toBe('ab');
  expect(records).toEqual([
    'begins both',
    'begins slow',
    'waits slow',
    'begins slow',
    'waits slow',
    'waits both',
    'continues slow',
    'ends slow',
    'continues slow',
    'ends slow',
    'continues both',
    'waits both',
    'continues both',
    'ends both',
  ]);
});

it('continues a function in the block that catches a rejection', async () => {
  const { result, records } = await recorded(`
    const fails = async () => { await undefined; throw new Error('no'); };
    const tries = async () => { try { return await fails(); } catch { return 'caught'; } };
    main = tries;
  `);

  expect(result).toBe('caught');
  expect(records).toEqual([
    'begins tries',
    'begins fails',
    'waits fails',
    'waits tries',
    'continues fails',
    'ends fails',
    'continues tries',
    'ends tries',
  ]);
});

it('records that a generator waits between its values, and so does the loop of for await', async () => {
  const { result, records } = await recorded(`
    const values = async function* () { yield 1; yield 2; };
    const sum = async () => {
      let total = 0;
      for await (const value of values()) total += value;
      return total;
    };
    main = sum;
  `);

  expect(result).toBe(3);
  expect(records.filter((record) => record.endsWith('values'))).toEqual([
    'begins values',
    'waits values',
    'continues values',
    'waits values',
    'continues values',
    'ends values',
  ]);
  expect(records.filter((record) => record.endsWith('sum'))).toEqual([
    'begins sum',
    'waits sum',
    'continues sum',
    'waits sum',
    'continues sum',
    'waits sum',
    'continues sum',
    'ends sum',
  ]);
});

it('passes values into a generator and out of the one that it delegates to', async () => {
  const { result } = await recorded(`
    function* inner(): Generator<number, string, string> { return (yield 1) + (yield 2); }
    function* outer(): Generator<number, string, string> { return yield* inner(); }
    main = () => { const steps = outer(); steps.next(); steps.next('a'); return steps.next('b').value; };
  `);

  expect(result).toBe('ab');
});

it('leaves out what a timer of before the recording sets going', async () => {
  const { main, recorder } = load(`
    const tick = () => undefined;
    const later = () => undefined;
    main = (isOwn: boolean) => setTimeout(isOwn ? later : tick, 1);
  `);
  main(false);
  recorder.start();
  main(true);
  await delay(20);

  const records = shown(recorder);
  expect(records).toContain('begins later');
  expect(records).not.toContain('begins tick');
});

it('records nothing before start and after stop', () => {
  const { main, recorder } = load('main = () => undefined;');
  main();
  recorder.start();
  expect(shown(recorder)).toEqual([]);
  main();
  expect(shown(recorder)).toEqual([]);
});

it('rewrites the extensions of static and dynamic imports', () => {
  const source =
    "import { a } from './a.ts';\nexport const b = async () => (await import('../b.ts')).b(a);\n";
  const js = instrument(new Map([[PATH, source]])).get(PATH.replace('.ts', '.js'));

  expect(js).toContain('"./a.js"');
  expect(js).toContain('import("../b.js")');
});

it('gives time to the innermost function, and counts entries and returns of files', () => {
  const files = ['outer/a.ts', 'inner/deep/b.ts', 'late/c.ts'].map((path) => ({
    path,
    functions: [['f', 1] as const],
  }));
  const path = pathOf(files, [
    ['begins', 0, 0, 1, 100],
    ['begins', 1, 0, 2, 110],
    ['ends', 1, 0, 2, 115],
    ['begins', 1, 0, 3, 120],
    ['ends', 1, 0, 3, 121],
    ['waits', 0, 0, 1, 130],
    ['continues', 0, 0, 1, 500],
    ['answered', 0, 0, 0, 510],
    ['begins', 2, 0, 4, 520],
    ['ends', 2, 0, 4, 530],
    ['ends', 0, 0, 1, 540],
  ]);

  expect(path.files).toEqual([
    { path: 'outer/a.ts', ring: 'outer', room: '', us: 24, entered: 2, returns: 1 },
    { path: 'inner/deep/b.ts', ring: 'inner', room: 'deep', us: 6, entered: 2, returns: 1 },
  ]);
  expect(path.calls.map(({ depth, isContinued }) => [depth, isContinued])).toEqual([
    [0, false],
    [1, false],
    [1, false],
    [0, true],
  ]);
  expect(path.afterAnswer).toEqual(['late/c.ts']);
});

it('takes the shortest of several paths, with the median time of each file', () => {
  const file = (path: string, us: number) => ({ path, ring: 'ring', room: '', us, entered: 1, returns: 0 });
  const path = usualPath([
    { status: 1, files: [file('a', 9), file('date', 1), file('b', 1)] },
    { status: 2, files: [file('a', 5), file('b', 3)] },
    { status: 3, files: [file('a', 1), file('b', 2)] },
  ]);

  expect(path).toEqual({ status: 2, files: [file('a', 5), file('b', 2)] });
});
