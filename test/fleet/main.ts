import process from 'node:process';
import { readFleetArguments } from './arguments.ts';
import { tableOf } from './figures.ts';
import { type RunResult, runFleet } from './fleet-run.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

const { modes, seconds, environments, seed } = readFleetArguments(process.argv.slice(2));
const results: RunResult[] = [];
for (const mode of modes) {
  say(`coherence: ${mode}, ${environments} environments, ${seconds} s, seed ${seed}`);
  const result = await runFleet({ mode, seconds, environments, seed });
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
