import { LoadConnection } from './connection.mjs';
import { summarise } from './latencies.mjs';

/*
 * The load generator: raw sockets of `node:net`, each with one request in flight. It parses only as much HTTP as it needs to
 * find the end of a response. It is a separate process that messages control:
 *   { port, targets, connections, ms, kept, busyWait }  ->  { count, elapsedMs, p50Us, p90Us, p99Us }
 * `each` requests every target once, for any duration. `busyWait` keeps the process from sleeping while it waits.
 * `requests` replaces `targets` with complete requests, as bytes on the wire.
 */
process.on('message', async (job) => {
  let isOver = false;
  const keepBusy = () => {
    if (!isOver) setImmediate(keepBusy);
  };
  if (job.busyWait) keepBusy();
  try {
    process.send(await (job.kept ? overKept(job) : overNew(job)));
  } catch (error) {
    process.send({ error: error.message });
  }
  isOver = true;
});
process.on('disconnect', () => process.exit());

const requestsOf = ({ port, requests, targets, kept }) =>
  requests ??
  targets.map(
    (target) =>
      `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: ${kept ? 'keep-alive' : 'close'}\r\n\r\n`,
  );

const overKept = async (job) => {
  const requests = requestsOf(job);
  const connections = Array.from({ length: job.connections }, () => new LoadConnection(job.port));
  await Promise.all(connections.map((connection) => connection.open()));
  const latencies = [];
  const begun = performance.now();
  const until = begun + (job.each ? 0 : job.ms);
  let turn = 0;
  let left = job.each ? requests.length : 0;
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise((resolve) => {
          let sent = 0;
          const next = () => {
            const now = performance.now();
            if (sent > 0) latencies.push(now - sent);
            if (now >= until && left === 0) {
              resolve();
              return;
            }
            left = Math.max(0, left - 1);
            turn = turn + 1 === requests.length ? 0 : turn + 1;
            sent = now;
            connection.ask(requests[turn], next);
          };
          next();
        }),
    ),
  );
  const elapsedMs = performance.now() - begun;
  for (const connection of connections) connection.close();
  return { ...summarise(latencies), elapsedMs };
};

const overNew = async (job) => {
  const requests = requestsOf(job);
  const latencies = [];
  const begun = performance.now();
  const until = begun + job.ms;
  let turn = 0;
  const run = async () => {
    while (performance.now() < until) {
      turn = turn + 1 === requests.length ? 0 : turn + 1;
      const sent = performance.now();
      const connection = new LoadConnection(job.port);
      await connection.open();
      await new Promise((resolve) => connection.ask(requests[turn], resolve));
      latencies.push(performance.now() - sent);
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: job.connections }, run));
  return { ...summarise(latencies), elapsedMs: performance.now() - begun };
};
