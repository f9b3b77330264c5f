import { request } from 'node:http';

// The runtime of a Node.js function as a process of its own: imports the file of the handler, and serves the Runtime API.
const { handler } = await import(process.argv[2]);
const invocation = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;

/** Without a time-out: the next invocation may be minutes away. */
const call = (method, url, body) =>
  new Promise((resolve, reject) => {
    request(url, { method, agent: false }, async (incoming) => {
      let text = '';
      for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
      resolve({ headers: incoming.headers, text });
    })
      .once('error', reject)
      .end(body);
  });

const outcomeOf = async (text) => {
  try {
    return ['response', await handler(JSON.parse(text))];
  } catch ({ name, message }) {
    return ['error', { errorType: name, errorMessage: message }];
  }
};

for (;;) {
  const { headers, text } = await call('GET', `${invocation}/next`);
  const [path, answer] = await outcomeOf(text);
  await call(
    'POST',
    `${invocation}/${headers['lambda-runtime-aws-request-id']}/${path}`,
    JSON.stringify(answer),
  );
}
