import process from 'node:process';
import type { Runtime } from '../server-under-test.ts';
import { type ComparisonReport, compareConversations } from './compare-conversations.ts';

/** How often the progress is printed. */
const PROGRESS_MS = 10_000;

const [runtime = 'node', requests = '0', fuzzMinutes = '0', seed = '1'] = process.argv.slice(2);

const say = (line: string) => process.stdout.write(`[${runtime}] ${line}\n`);

const percent = (part: number, whole: number): string =>
  `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

/** Compares until `isComplete`, and prints the progress and the result. Returns the number of differences. */
const run = async (
  title: string,
  isDamaged: boolean,
  isComplete: (report: ComparisonReport, elapsedMs: number) => boolean,
): Promise<number> => {
  const startedAt = performance.now();
  let printedAt = startedAt;
  const figures = ({ requests, conversations, answeredRaw, differences }: ComparisonReport) => {
    const seconds = (performance.now() - startedAt) / 1_000;
    return [
      `${requests} requests`,
      `${conversations} sequences`,
      `${percent(answeredRaw, requests)} answered by the raw listener`,
      `differences: ${differences.length}`,
      `${seconds.toFixed(0)} s`,
      `${Math.round(requests / seconds)} requests/s`,
    ].join(', ');
  };
  say(`${title}, seeds from ${seed}`);
  const report = await compareConversations({
    runtime: runtime as Runtime,
    seed: Number(seed),
    isDamaged,
    isDone: (soFar) => {
      const now = performance.now();
      if (now - printedAt >= PROGRESS_MS) {
        printedAt = now;
        say(`  ${figures(soFar)}`);
      }
      return isComplete(soFar, now - startedAt);
    },
  });
  for (const difference of report.differences) say(difference);
  say(`${title}: ${figures(report)}`);
  say(
    `  exactly equal: ${percent(report.exact, report.conversations)}, the others up to an earlier end; ` +
      `compared again with more patience: ${report.repeated}`,
  );
  return report.differences.length;
};

let differences = 0;
if (Number(requests) > 0) {
  differences += await run('random requests', false, (report) => report.requests >= Number(requests));
}
if (Number(fuzzMinutes) > 0) {
  differences += await run(
    'damaged bytes',
    true,
    (_, elapsedMs) => elapsedMs >= Number(fuzzMinutes) * 60_000,
  );
}
process.exit(differences === 0 ? 0 : 1);
