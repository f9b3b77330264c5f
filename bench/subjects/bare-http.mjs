import { executionAsyncResource } from 'node:async_hooks';
import { createServer } from 'node:http';
import { recordAnswers } from './recorded-answers.mjs';

/*
 * F: the least that `node:http` does. Answers what the extension on `port` answers to `targets`, from a Map.
 * It is told of them by a message: { port, targets, keepsTick }. With `keepsTick` it is F at its best: whether V8 forgets the
 * hidden class of a tick in a bare server, which makes it 1.4 times as dear for good, is a matter of luck (docs/performance.md).
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
