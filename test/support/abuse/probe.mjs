/*
 * Sends one GET /health after another to a program, and measures for each how long the program's main thread computed
 * between the request and its answer. Processor time, unlike wall time, does not grow when other processes take the
 * processor. Runs as a process of its own, so that work of the test does not delay it.
 *
 *   node probe.mjs <port> <pid>   prints `ready` after the first answer, and JSON when standard input ends
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

const [port, pid] = process.argv.slice(2).map(Number);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Milliseconds for which the main thread has run. */
const computedMs = () =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;

const ask = () =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, agent, path: '/health' }, (answer) => {
      answer.resume().once('end', resolve).once('error', reject);
    })
      .once('error', reject)
      .end();
  });

let isOver = false;
process.stdin.resume().once('end', () => {
  isOver = true;
});

const result = { probes: 0, failures: 0, longestMs: 0, longestWallMs: 0 };
while (!isOver) {
  const [computed, started] = [computedMs(), performance.now()];
  try {
    await ask();
  } catch {
    result.failures += 1;
  }
  const wallMs = performance.now() - started;
  result.longestMs = Math.max(result.longestMs, Math.min(wallMs, computedMs() - computed));
  result.longestWallMs = Math.max(result.longestWallMs, wallMs);
  result.probes += 1;
  if (result.probes === 1) console.log('ready');
  await new Promise((resolve) => setTimeout(resolve, 2));
}
agent.destroy();
console.log(JSON.stringify(result));
