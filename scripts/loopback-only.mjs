import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';

readArguments({
  usage: `npm run loopback-only
Proves that nobody outside reaches the extension.
A second network namespace is joined to this one by a pair of virtual interfaces. From there, a server on all
interfaces is reached, so that the way is open; the extension is not. Needs Linux, root and \`ip\`; what cannot be
tried is said.
  -h, --help  print this`,
});

const program = fileURLToPath(new URL('../dist/extension/extension.mjs', import.meta.url));
const namespace = `cache-${process.pid}`;
const [near, far] = [`cn${process.pid}`, `cf${process.pid}`];
/** From the ranges that are set aside for tests of networks. */
const NEAR_V4 = '198.18.77.1';
const NEAR_V6 = 'fd00:dce::1';
const WAIT_MS = 3_000;

const ip = (...args) => {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${(stderr || error?.message || '').trim()}`);
};

/** Opens the way from elsewhere to here; the addresses that this end of it has. */
const joinNamespaces = () => {
  ip('netns', 'add', namespace);
  ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', namespace);
  ip('address', 'add', `${NEAR_V4}/30`, 'dev', near);
  ip('link', 'set', near, 'up');
  ip('-n', namespace, 'address', 'add', '198.18.77.2/30', 'dev', far);
  ip('-n', namespace, 'link', 'set', far, 'up');
  ip('-n', namespace, 'link', 'set', 'lo', 'up');
  try {
    ip('address', 'add', `${NEAR_V6}/64`, 'dev', near, 'nodad');
    ip('-n', namespace, 'address', 'add', 'fd00:dce::2/64', 'dev', far, 'nodad');
    return [NEAR_V4, NEAR_V6];
  } catch (error) {
    skipped.push(`IPv6: ${error.message}`);
    return [NEAR_V4];
  }
};

const separate = () => {
  spawnSync('ip', ['link', 'delete', near], { stdio: 'ignore' });
  spawnSync('ip', ['netns', 'delete', namespace], { stdio: 'ignore' });
};

/** `connected`, or why not. */
const tryFromHere = (host, port) =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (outcome) => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(WAIT_MS, () => end('no answer'));
    socket.once('connect', () => end('connected'));
    socket.once('error', (error) => end(error.code));
  });

const CONNECT = `
  const [host, port, waitMs] = process.argv.slice(1);
  const socket = require('node:net').connect({ host, port: Number(port) });
  const end = (outcome) => { console.log(outcome); process.exit(); };
  socket.setTimeout(Number(waitMs), () => end('no answer'));
  socket.once('connect', () => end('connected'));
  socket.once('error', (error) => end(error.code));`;

/** The same, from the other namespace. */
const tryFromThere = async (host, port) => {
  const command = [process.execPath, '-e', CONNECT, host, String(port), String(WAIT_MS)];
  const child = spawn('ip', ['netns', 'exec', namespace, ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let outcome = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    outcome += text;
  });
  await once(child, 'close');
  return outcome.trim();
};

const listening = async (server, host) => {
  await once(server.listen(0, host), 'listening');
  return server.address().port;
};

/** A port that was free on all interfaces a moment ago. */
const freePort = async () => {
  const server = createServer();
  const port = await listening(server, '::');
  server.close();
  await once(server, 'close');
  return port;
};

const startExtension = async () => {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'loopback-only-'));
  writeFileSync(join(folder, 'cache.yaml'), 'dynamodb: [{ table: Things, hashKey: id }]\n');
  const child = spawn(process.execPath, [program], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      AWS_REGION: 'eu-west-1',
      CACHE_EXTENSION_CONFIG: join(folder, 'cache.yaml'),
      CACHE_EXTENSION_PORT: String(port),
    },
  });
  const close = async () => {
    if (child.exitCode === null) {
      child.kill();
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true });
  };
  for (let left = 100; left > 0; left -= 1) {
    if ((await tryFromHere('127.0.0.1', port)) === 'connected') return { port, close };
    await delay(50);
  }
  await close();
  throw new Error('the extension does not listen');
};

const results = [];
const skipped = [];
const expectThat = (from, host, what, outcome, isToConnect) =>
  results.push({
    from,
    to: `${what} at ${host}`,
    outcome,
    result: (outcome === 'connected') === isToConnect ? 'ok' : 'FAILED',
  });

const checkFromHere = async (extensionPort, controlPort) => {
  expectThat('here', '127.0.0.1', 'extension', await tryFromHere('127.0.0.1', extensionPort), true);
  for (const { address, scopeid } of Object.values(networkInterfaces())
    .flat()
    .filter(({ internal }) => !internal)) {
    // Link-local addresses mean nothing without their interface.
    if (scopeid > 0) continue;
    expectThat('here', address, 'control', await tryFromHere(address, controlPort), true);
    expectThat('here', address, 'extension', await tryFromHere(address, extensionPort), false);
  }
};

const checkFromThere = async (extensionPort, controlPort) => {
  for (const address of joinNamespaces()) {
    expectThat('elsewhere', address, 'control', await tryFromThere(address, controlPort), true);
    expectThat('elsewhere', address, 'extension', await tryFromThere(address, extensionPort), false);
  }
};

await ensureInstalled();
await ensureBuilt(['extension']);
const control = createServer((_, response) => response.end());
const controlPort = await listening(control, '::');
const extension = await startExtension();
try {
  if (process.platform !== 'linux' || process.getuid() !== 0) {
    skipped.push('another network namespace: that needs Linux and root');
  } else if (spawnSync('ip', ['-V']).status !== 0) {
    skipped.push('another network namespace: there is no `ip` (package iproute2)');
  } else {
    try {
      await checkFromThere(extension.port, controlPort);
    } catch (error) {
      skipped.push(`another network namespace: ${error.message}`);
    }
  }
  // Last, so that the interface that was made is among the addresses.
  await checkFromHere(extension.port, controlPort);
} finally {
  separate();
  await extension.close();
  control.close();
  control.closeAllConnections();
}
console.table(results);
for (const each of skipped) console.log(`skipped: ${each}`);
process.exitCode = results.every(({ result }) => result === 'ok') ? 0 : 1;
