import { createServer } from 'node:http';
import { recordWireAnswers } from './recorded-answers.mjs';

/*
 * F for SDK requests: a `node:http` server that sends the extension's recorded responses from a Map by request body.
 * The message { port, requests } names the extension's port and the requests to record (see sdk-requests.mjs).
 */
process.once('message', async ({ port, requests }) => {
  const answers = new Map();
  for (const [asked, { headers, body }] of await recordWireAnswers(port, requests)) {
    answers.set(asked, { headers: Object.fromEntries(headers), body });
  }
  const server = createServer((request, response) => {
    let asked = '';
    request.setEncoding('latin1').on('data', (text) => {
      asked += text;
    });
    request.on('end', () => {
      const { headers, body } = answers.get(asked);
      response.writeHead(200, headers).end(body);
    });
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
});
process.on('disconnect', () => process.exit());
