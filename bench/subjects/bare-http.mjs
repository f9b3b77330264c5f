import { createServer } from 'node:http';
import { recordAnswers } from './recorded-answers.mjs';

/*
 * F: the least that `node:http` does. Answers what the extension on `port` answers to `targets`, from a Map.
 * It is told of them by a message: { port, targets }.
 */
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
process.on('disconnect', () => process.exit());
