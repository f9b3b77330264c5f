import process from 'node:process';
import { readFleetArguments } from './arguments.ts';
import { tableOf } from './figures.ts';
import { type RunResult, runFleet } from './fleet-run.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

const { modes, seconds, environments, seed } = readFleetArguments(process.argv.slice(2));
const stop = new AbortController();
// The extensions are processes of their own, which would stay.
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => {
    say('Stopping, which may take some seconds …');
    stop.abort();
  });
const results: RunResult[] = [];
for (const mode of modes) {
  if (stop.signal.aborted) break;
  say(`coherence: ${mode}, ${environments} environments, ${seconds} s, seed ${seed}`);
  const result = await runFleet({ mode, seconds, environments, seed, stop: stop.signal });
  results.push(result);
  for (const failure of result.failures.slice(0, 3)) say(`  failed: ${failure}`);
  for (const [message, count] of result.warnings) say(`  logged ${count} times: ${message}`);
}
say(`\n${tableOf(results)}\n`);
const broken = results.filter(({ violations }) => violations.length > 0);
for (const { mode, violations } of broken)
  say(`coherence: ${mode}, the first violation:\n${violations[0]}\n`);
if (broken.length === 0) say('Every read showed what its mode promises.');
process.exit(broken.length === 0 ? 0 : 1);
