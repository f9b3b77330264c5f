import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Long enough for the remaining work of a start to finish. */
const SETTLE_MS = 300;
const MOST_MS = 20_000;

/**
 * Measures one start: milliseconds from just before the process is created until its calls arrive, and the resident memory
 * shortly after it is ready.
 */
export const measureStart = async (api, { command, env }) => {
  api.reset();
  const [program, ...args] = command;
  const begun = performance.now();
  const child = spawn(program, args, {
    env: { ...env, AWS_LAMBDA_RUNTIME_API: api.address },
    stdio: ['ignore', 'inherit', 'inherit'],
    cwd: '/',
  });
  const exited = once(child, 'exit');
  const failed = exited.then(([code]) => Promise.reject(new Error(`${program} exited with status ${code}`)));
  failed.catch(() => undefined);
  const tooLate = AbortSignal.timeout(MOST_MS);
  tooLate.addEventListener('abort', () => child.kill('SIGKILL'));
  const registered = await Promise.race([api.arrival('/register'), failed]);
  const ready = await Promise.race([api.arrival('/event/next'), failed]);
  await delay(SETTLE_MS);
  const residentKb = residentKbOf(child.pid);
  api.shutDown();
  await exited;
  return { registerMs: registered - begun, readyMs: ready - begun, residentMb: residentKb / 1024 };
};

const residentKbOf = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
