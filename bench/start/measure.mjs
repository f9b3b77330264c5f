import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { CORES, onCore } from '../machine/cores.mjs';
import { memoryOf } from '../machine/usage.mjs';

/** Long enough for the remaining work of a start to finish. */
const SETTLE_MS = 300;
const MOST_MS = 20_000;
/** An extension should exit within this time after the SHUTDOWN event. */
const EXIT_MS = 3000;
/** Pause between two attempts to connect. */
const RETRY_MS = 1;

/**
 * Measures one start on one core: milliseconds from just before the process is created until its calls arrive, and the resident
 * memory shortly after it is ready. `verify`, if given, runs then.
 */
export const measureStart = (api, { command, env, verify }) =>
  withExtension(api, { command, env }, async ({ begun, pid }) => {
    const registered = await api.arrival('/register');
    const ready = await api.arrival('/event/next');
    await delay(SETTLE_MS);
    const { residentBytes } = memoryOf(pid);
    await verify?.();
    return {
      registerMs: registered - begun,
      readyMs: ready - begun,
      residentMb: residentBytes / 2 ** 20,
    };
  });

/**
 * Measures the first answer: milliseconds from just before the process is created until the port accepts a connection, and until
 * the first complete response with status 200 has arrived. The request is sent at once and retried until then.
 */
export const measureFirstHit = (api, { command, env, port, target }) =>
  withExtension(api, { command, env }, async ({ begun, signal }) => {
    let accepted;
    for (;;) {
      signal.throwIfAborted();
      const status = await statusOf(port, target, () => {
        accepted ??= performance.now();
      });
      if (status === 200) break;
      await delay(RETRY_MS);
    }
    const answered = performance.now();
    const ready = await api.arrival('/event/next');
    return { acceptedMs: accepted - begun, firstMs: answered - begun, readyMs: ready - begun };
  });

/** Resolves with the status of a complete response, or undefined if there is none. */
const statusOf = (port, path, connected) =>
  new Promise((resolve) => {
    request({ host: '127.0.0.1', port, path, agent: false })
      .on('socket', (socket) => socket.once('connect', connected))
      .on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)))
      .on('error', () => resolve(undefined))
      .end();
  });

/** By this file, the extension notices that it was started before in its environment. A launcher lets it see /tmp only. */
const START_MARKER = '/tmp/dynamodb-cache-extension.started';

/** Runs `use` while the extension runs in a new environment, and then shuts the extension down. */
const withExtension = async (api, { command, env }, use) => {
  api.reset();
  rmSync(START_MARKER, { force: true });
  const [program, ...args] = onCore(CORES.measured, command);
  const over = new AbortController();
  const begun = performance.now();
  const child = spawn(program, args, {
    env: { ...env, AWS_LAMBDA_RUNTIME_API: api.address },
    stdio: ['ignore', 'inherit', 'inherit'],
    cwd: '/',
  });
  const kill = () => child.kill('SIGKILL');
  let timer = setTimeout(kill, MOST_MS);
  const exited = once(child, 'exit').finally(() => over.abort(new Error('the extension exited')));
  const failed = exited.then(([code, name]) =>
    Promise.reject(new Error(`${command[0]} exited early with ${name ?? `status ${code}`}`)),
  );
  failed.catch(() => undefined);
  try {
    return await Promise.race([use({ begun, pid: child.pid, signal: over.signal }), failed]);
  } finally {
    clearTimeout(timer);
    timer = setTimeout(kill, EXIT_MS);
    api.shutDown();
    await exited;
    clearTimeout(timer);
  }
};
