import { outcomeOf } from './extension-clients.mjs';

// A function as a process of its own, which reads its configuration while it is initialized, as Middy does. The calls are
// in CALLS as JSON: client and name. An event is a list of further calls; the answer has the outcomes of all.

const { AWS_LAMBDA_RUNTIME_API: runtimeApi, CALLS = '[]' } = process.env;
const atInit = await Promise.all(JSON.parse(CALLS).map(outcomeOf));

const invocation = `http://${runtimeApi}/2018-06-01/runtime/invocation`;
for (;;) {
  const event = await fetch(`${invocation}/next`);
  const asked = await Promise.all((await event.json()).map(outcomeOf));
  const requestId = event.headers.get('lambda-runtime-aws-request-id');
  const body = JSON.stringify({ atInit, asked });
  await fetch(`${invocation}/${requestId}/response`, { method: 'POST', body });
}
