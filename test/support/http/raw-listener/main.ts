import process from 'node:process';
import type { Runtime } from '../server-under-test.ts';
import { type ComparisonReport, compareConversations } from './compare-conversations.ts';

/** How often the progress is printed. */
const PROGRESS_MS = 10_000;

const [runtime = 'node', requests = '0', fuzzMinutes = '0', seed = '1'] = process.argv.slice(2);

const say = (line: string) => process.stdout.write(`[${runtime}] ${line}\n`);

const percent = (part: number, whole: number): string =>
  `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

/** A busy machine may delay a turn of the event loop; it does not take the processor time of this process. */
const MAX_STALL_MS = 1_000;
const WATCH_MS = 100;

/** Watches for turns of the event loop that take long. Returns a function that stops it, with the longest in ms of processor time. */
const watchStalls = (): (() => number) => {
  let longest = 0;
  let before = process.cpuUsage();
  const timer = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    longest = Math.max(longest, (user + system) / 1_000 - WATCH_MS);
  }, WATCH_MS);
  return () => {
    clearInterval(timer);
    return longest;
  };
};

/** Compares until `isComplete`, and prints the progress and the result. Returns the number of faults. */
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
  const stalls = watchStalls();
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
  const stallMs = Math.round(stalls());
  const megabytes = Math.round(process.memoryUsage().rss / 1024 / 1024);
  say(
    `  longest turn of the event loop: about ${stallMs} ms of processor time; memory at the end: ${megabytes} MB`,
  );
  return report.differences.length + (stallMs > MAX_STALL_MS ? 1 : 0);
};

let faults = 0;
if (Number(requests) > 0) {
  faults += await run('random requests', false, (report) => report.requests >= Number(requests));
}
if (Number(fuzzMinutes) > 0) {
  faults += await run('damaged bytes', true, (_, elapsedMs) => elapsedMs >= Number(fuzzMinutes) * 60_000);
}
process.exit(faults === 0 ? 0 : 1);
