import type { ExtensionSpec } from './options.ts';

/** The default name of the samples. */
export const SAMPLE_NAME = 'sample-extension';

const PRELUDE = `
const { request } = require('node:http');
const call = (method, path, headers = {}, body = undefined) => new Promise((resolve, reject) => {
  const url = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2020-01-01/extension' + path;
  const outgoing = request(url, { method, headers, extension: false }, (incoming) => {
    let text = '';
    incoming.on('data', (chunk) => { text += chunk; });
    incoming.on('end', () => resolve({ headers: incoming.headers, text }));
  });
  outgoing.on('error', reject).end(body);
});
let id;
const register = async (name, events) => {
  const answer = await call('POST', '/register', { 'Lambda-Extension-Name': name }, JSON.stringify({ events }));
  id = { 'Lambda-Extension-Identifier': answer.headers['lambda-extension-identifier'] };
};
const next = async () => JSON.parse((await call('GET', '/event/next', id)).text);
`;

/** An extension from a script, which may use `register(name, events)`, `next()`, `id` and `call(method, path, headers, body)`. */
export function scriptExtension(script: string, overrides: Partial<ExtensionSpec> = {}): ExtensionSpec {
  const program = `${PRELUDE}(async () => {${script}})();`;
  return { name: SAMPLE_NAME, command: [process.execPath, '-e', program], ...overrides };
}

/** An extension that follows the rules: it takes every event and exits on SHUTDOWN. */
export function politeExtension(name = SAMPLE_NAME, events = ['INVOKE', 'SHUTDOWN']): ExtensionSpec {
  return scriptExtension(
    `await register('${name}', ${JSON.stringify(events)});
     while ((await next()).eventType !== 'SHUTDOWN');
     process.exit(0);`,
    { name },
  );
}

/** A process that makes no calls, so that a test can call the API in its place. */
export function silentExtension(name = SAMPLE_NAME): ExtensionSpec {
  return { name, command: ['/bin/sleep', '600'] };
}
