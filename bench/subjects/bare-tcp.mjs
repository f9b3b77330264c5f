import { createServer } from 'node:net';
import { recordAnswers } from './recorded-answers.mjs';

/*
 * T: no HTTP at all. Takes what is in a request between its first two spaces for a target, and writes the answer to it,
 * made before. Requests come whole and one at a time, as the load generator sends them. Told as bare-http.mjs is.
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
