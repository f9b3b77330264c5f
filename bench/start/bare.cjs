/* The baseline of every start: an extension that registers, requests the next event, and does nothing else. */
const { request } = require('node:http');

const call = (method, path, headers, body, then) => {
  const url = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2020-01-01/extension${path}`;
  request(url, { method, headers, agent: false })
    .on('response', (answer) => answer.resume().on('end', () => then(answer)))
    .end(body);
};

call(
  'POST',
  '/register',
  { 'Content-Type': 'application/json', 'Lambda-Extension-Name': 'dynamodb-cache' },
  '{"events":["INVOKE","SHUTDOWN"]}',
  ({ headers }) => {
    const identity = { 'Lambda-Extension-Identifier': headers['lambda-extension-identifier'] };
    call('GET', '/event/next', identity, undefined, () => process.exit());
  },
);
