import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const example = (path: string) =>
  fileURLToPath(new URL(`../../../examples/secrets/${path}`, import.meta.url));

/** Connects to a database whose password is `argv[1]`, and prints the outcome. */
const NODEJS = `
const { connectWithSecret } = await import(process.argv[1]);
const connect = async ({ password }) => {
  if (password === 'broken') throw new Error('no route to host');
  if (password !== process.argv[2]) throw Object.assign(new Error('wrong password'), { code: '28P01' });
  return 'connected';
};
const print = (text) => process.stdout.write(text);
await connectWithSecret('prod/db', connect, ({ code }) => code === '28P01').then(print, ({ message }) => print(message));
`;
const PYTHON = `
import sys
from rotating_secret import connect_with_secret

class LoginFailure(Exception):
    pass

def connect(credentials):
    if credentials["password"] == "broken":
        raise Exception("no route to host")
    if credentials["password"] != sys.argv[1]:
        raise LoginFailure("wrong password")
    return "connected"

try:
    print(connect_with_secret("prod/db", connect, lambda error: isinstance(error, LoginFailure)), end="")
except Exception as error:
    print(error, end="")
`;

const LANGUAGES = [
  {
    language: 'Node.js',
    command: [
      process.execPath,
      '--input-type=module',
      '--eval',
      NODEJS,
      example('nodejs/rotating-secret.mjs'),
    ],
    isThere: true,
  },
  {
    language: 'Python',
    command: ['python3', '-c', PYTHON],
    isThere: spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0,
  },
];

/** Runs an example against an extension that answers with these passwords in turn, or with an error. */
const run = async (
  command: readonly string[],
  password: string,
  answers: readonly (string | undefined)[],
) => {
  const asked: string[] = [];
  let connections = 0;
  const server = createServer(({ url = '', headers }, response) => {
    const answer = answers[asked.length];
    asked.push(`${url} ${headers['x-aws-parameters-secrets-token']}`);
    if (answer === undefined) {
      response.writeHead(400, { 'x-error-message': 'access denied' }).end('an unexpected error');
      return;
    }
    const SecretString = JSON.stringify({ password: answer });
    response.end(JSON.stringify({ SecretString, VersionId: `version of ${answer}` }));
  }).listen(0, '127.0.0.1');
  server.on('connection', () => {
    connections += 1;
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const { port } = address;
  const [program = '', ...args] = command;
  const child = spawn(program, [...args, password], {
    env: {
      PATH: process.env.PATH,
      PYTHONPATH: example('python'),
      PYTHONDONTWRITEBYTECODE: '1',
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port),
      AWS_SESSION_TOKEN: 'token',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed = await text(child.stdout);
  server.close();
  server.closeAllConnections();
  return { printed, asked, connections };
};

const FIRST = '/secretsmanager/get?secretId=prod%2Fdb token';
const AGAIN = '/secretsmanager/get?secretId=prod%2Fdb&refreshNow=true&unlessVersion=version+of+old token';

describe.each(LANGUAGES.filter(({ isThere }) => isThere))('the example for $language', ({ command }) => {
  it('connects with the cached secret', async () => {
    expect(await run(command, 'old', ['old'])).toMatchObject({ printed: 'connected', asked: [FIRST] });
  });

  it('reads the secret again after a failed login, and connects with the new version', async () => {
    expect(await run(command, 'new', ['old', 'new'])).toMatchObject({
      printed: 'connected',
      asked: [FIRST, AGAIN],
    });
  });

  it('reports the failed login if the secret has not changed', async () => {
    const { printed, asked } = await run(command, 'new', ['old', 'old']);

    expect(printed).toContain('wrong password');
    expect(asked).toEqual([FIRST, AGAIN]);
  });

  it('reports other failures without another read', async () => {
    const { printed, asked } = await run(command, 'new', ['broken']);

    expect(printed).toContain('no route to host');
    expect(asked).toEqual([FIRST]);
  });

  it('reports why the secret cannot be read', async () => {
    expect((await run(command, 'new', [undefined])).printed).toContain('400 access denied');
  });
});

const python = LANGUAGES.filter(({ language, isThere }) => language === 'Python' && isThere);

(python.length === 0 ? it.skip : it)('the example for Python reads twice on one connection', async () => {
  const [{ command = [] } = {}] = python;

  expect((await run(command, 'new', ['old', 'new'])).connections).toBe(1);
});
