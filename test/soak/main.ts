import process from 'node:process';
import { readArguments } from './arguments.ts';
import { soakBuiltProgram } from './built-program.ts';
import { soakEndpoint, soakFleets, soakValues } from './endpoint.ts';
import { soakInProcess } from './in-process.ts';
import { linesOf, linesOfEndpoint, type SoakReport } from './report.ts';
import type { SoakOptions } from './soak.ts';

const cacheControl = readArguments(process.argv.slice(2));
let faults = 0;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Prints the progress of a run. */
const progressOf = (total: number) => {
  const startedAt = performance.now();
  const seconds = () => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
  return (done: number, more = '') =>
    say(`  ${String(Math.floor((100 * done) / total)).padStart(3)} %  ${done} in ${seconds()}${more}`);
};

const conclude = (lines: readonly string[], found: readonly string[]) => {
  for (const line of lines) say(line);
  faults += found.length;
};

const run = async (title: string, requests: number, soak: (options: SoakOptions) => Promise<SoakReport>) => {
  if (requests === 0) return;
  say(`${title}: ${requests} requests, seed ${cacheControl.seed}`);
  const onProgress = progressOf(requests);
  const report = await soak({ requests, onProgress: (done) => onProgress(done) });
  conclude(linesOf(report), report.faults);
};

const runSimulations = async (title: string, operations: number, soak: typeof soakValues) => {
  if (operations === 0) return;
  say(`${title}: ${operations} operations, seeds from ${cacheControl.seed}`);
  const onProgress = progressOf(operations);
  const report = await soak(cacheControl.seed, {
    operations,
    onProgress: (done, seed) => onProgress(done, `, seeds to ${seed}`),
    ...collected,
  });
  conclude(linesOfEndpoint(report), report.faults);
};

const heapBytes = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
const collected = globalThis.gc === undefined ? {} : { heapBytes };

await run('The program in this process, on a clock of its own', cacheControl.inProcess, (options) =>
  soakInProcess(cacheControl.seed, { ...options, ...collected }),
);
await run('The built program, in real time', cacheControl.builtProgram, (options) =>
  soakBuiltProgram(cacheControl.seed, options),
);
await runSimulations('The endpoint for SDKs, over a DynamoDB that lags', cacheControl.endpoint, soakEndpoint);
await runSimulations('Parameters and secrets, over the AWS emulator', cacheControl.values, soakValues);
await runSimulations(
  'Fleets of environments that share a table and a journal',
  cacheControl.fleet,
  soakFleets,
);
say(faults === 0 ? 'Every answer was one of those that are allowed.' : `${faults} faults.`);
process.exit(faults === 0 ? 0 : 1);
