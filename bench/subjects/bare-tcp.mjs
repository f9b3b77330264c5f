import { createServer } from 'node:net';
import { recordAnswers } from './recorded-answers.mjs';

/*
 * T: a server without HTTP. It takes the text between the first two spaces of a request as the target and writes the
 * prepared response. It relies on the load generator to send whole requests, one at a time. Configured like bare-http.mjs.
 */
process.once('message', async ({ port, targets }) => {
  const answers = new Map();
  for (const [target, { headers, body }] of await recordAnswers(port, targets)) {
    const lines = [...headers, ['Date', new Date().toUTCString()]].map(
      ([name, value]) => `${name}: ${value}`,
    );
    const head = Buffer.from(`HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`, 'latin1');
    answers.set(target, Buffer.concat([head, body]));
  }
  const server = createServer((socket) => {
    socket.setNoDelay();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const text = chunk.latin1Slice();
      socket.write(answers.get(text.slice(4, text.indexOf(' ', 4))));
      if (text.includes('Connection: close')) socket.end();
    });
  });
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
});
process.on('disconnect', () => process.exit());
