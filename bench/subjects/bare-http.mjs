import { executionAsyncResource } from 'node:async_hooks';
import { createServer } from 'node:http';
import { recordAnswers } from './recorded-answers.mjs';

/*
 * F: the minimal `node:http` server. It sends the extension's recorded responses to `targets` from a Map.
 * The message { port, targets, keepsTick } configures it. `keepsTick` gives the best case of F: in a bare server V8 may or may
 * not drop the hidden class of a tick, and then uses 1.4 times the processor time permanently (docs/maintainers/benchmarks.md).
 */
const kept = [];
process.once('message', async ({ port, targets, keepsTick }) => {
  if (keepsTick) {
    process.nextTick(() => kept.push(executionAsyncResource()));
  }
  const answers = new Map();
  for (const [target, { headers, body }] of await recordAnswers(port, targets)) {
    answers.set(target, { headers: Object.fromEntries(headers), body });
  }
  const server = createServer((request, response) => {
    const { headers, body } = answers.get(request.url);
    response.writeHead(200, headers).end(body);
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
});
process.on('disconnect', () => process.exit(0));
