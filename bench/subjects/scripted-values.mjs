import { createServer } from 'node:http';
import { VALUE_OPERATIONS } from './sample-values.mjs';

/* Parameter Store and Secrets Manager with the values of sample-values.mjs. Each read answers one value. */
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const answer = VALUE_OPERATIONS[request.headers['x-amz-target']];
  const body = JSON.stringify(answer(JSON.parse(Buffer.concat(chunks))));
  response
    .writeHead(200, {
      'content-type': 'application/x-amz-json-1.1',
      'content-length': Buffer.byteLength(body),
    })
    .end(body);
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
