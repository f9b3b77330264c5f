import { executionAsyncResource } from 'node:async_hooks';
import { createServer } from 'node:http';
import { recordAnswers } from './recorded-answers.mjs';

/*
 * F: the least that `node:http` does. Answers what the extension on `port` answers to `targets`, from a Map.
 * It is told of them by a message: { port, targets }. It keeps a tick, as the extension does (see docs/performance.md), or it
 * would be a matter of luck which of two servers is measured, of which one is 1.4 times as dear as the other.
 */
let kept;
process.nextTick(() => {
  kept = executionAsyncResource();
});
process.once('message', async ({ port, targets }) => {
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
process.on('disconnect', () => process.exit(kept === undefined ? 1 : 0));
