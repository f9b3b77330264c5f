import process from 'node:process';
import { soakBuiltProgram } from './built-program.ts';
import { soakInProcess } from './in-process.ts';
import { linesOf, type SoakReport } from './report.ts';
import type { SoakOptions } from './soak.ts';
import { readWish } from './wish.ts';

const wish = readWish(process.argv.slice(2));
let faults = 0;

const say = (line: string) => process.stdout.write(`${line}\n`);

const run = async (title: string, requests: number, soak: (options: SoakOptions) => Promise<SoakReport>) => {
  if (requests === 0) return;
  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
  say(`${title}: ${requests} requests, seed ${wish.seed}`);
  const report = await soak({
    requests,
    onProgress: (done) =>
      say(`  ${String(Math.floor((100 * done) / requests)).padStart(3)} %  ${done} in ${seconds()}`),
  });
  for (const line of linesOf(report)) say(line);
  faults += report.faults.length;
};

const heapBytes = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
const hasCollector = globalThis.gc !== undefined;

await run('The program in this process, on a clock of its own', wish.inProcess, (options) =>
  soakInProcess(wish.seed, hasCollector ? { ...options, heapBytes } : options),
);
await run('The built program, in real time', wish.builtProgram, (options) =>
  soakBuiltProgram(wish.seed, options),
);
say(faults === 0 ? 'Every answer was one of those that are allowed.' : `${faults} faults.`);
process.exit(faults === 0 ? 0 : 1);
