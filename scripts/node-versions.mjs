import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { anyOf, readArguments } from './arguments.mjs';
import { ensureNode } from './node-line.mjs';

/** The release lines that are supported. */
const SUPPORTED = ['20', '22', '24'];

const USAGE = `npm run test:node-versions -- [20] [22] [24]
Runs \`npm start -- --once\` and \`npm test\` on other release lines of Node.js, each in a fresh clone of HEAD.
All lines that are supported if none is named.
  -h, --help  print this`;

const root = fileURLToPath(new URL('..', import.meta.url));
const { positionals: asked } = readArguments({
  usage: USAGE,
  accepts: anyOf(SUPPORTED, 'supported release line'),
});
const lines = asked.length > 0 ? asked : SUPPORTED;
const checks = [
  { name: 'npm start -- --once', args: ['start', '--', '--once'], needsPort: true },
  { name: 'npm test', args: ['test'], needsPort: false },
];

const CHECK_TIMEOUT_MS = 20 * 60 * 1000;

const run = (command, args, options) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    ...options,
  });
  return { passed: status === 0, output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` };
};

const mustRun = (command, args, options) => {
  const { passed, output } = run(command, args, options);
  if (!passed) throw new Error(`${command} ${args.join(' ')}\n${output}`);
  return output.trim();
};

/** npm's own script, to be run by the Node under test rather than by the one that npm was installed with. */
const npmCli = () => {
  const candidates = [
    process.env.npm_execpath,
    join(process.execPath, '../../lib/node_modules/npm/bin/npm-cli.js'),
    join(mustRun('npm', ['root', '--global'], { stdio: ['ignore', 'pipe', 'ignore'] }), 'npm/bin/npm-cli.js'),
  ];
  const found = candidates.find((path) => path?.endsWith('npm-cli.js') && existsSync(path));
  if (found === undefined) throw new Error('npm-cli.js was not found');
  return found;
};

/** The default port may be somebody else's on a shared machine. */
const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return String(port);
};

const check = (binDir, args, settings) => {
  const clone = mkdtempSync(join(tmpdir(), 'node-versions-'));
  try {
    mustRun('git', ['clone', '--quiet', root, clone]);
    // What the npm that runs this script has set speaks of this checkout.
    const own = Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD)/i.test(name));
    const env = { ...Object.fromEntries(own), PATH: `${binDir}${delimiter}${process.env.PATH}`, ...settings };
    return run(join(binDir, 'node'), [npm, ...args], { cwd: clone, env, timeout: CHECK_TIMEOUT_MS });
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
};

const npm = npmCli();
const results = [];
for (const line of lines) {
  const binDir = ensureNode(line);
  const node = mustRun(join(binDir, 'node'), ['--version']);
  for (const { name, args, needsPort } of checks) {
    console.error(`${name} on Node ${node} …`);
    const { passed, output } = check(
      binDir,
      args,
      needsPort ? { CACHE_EXTENSION_PORT: await freePort() } : {},
    );
    if (!passed) console.error(output);
    results.push({ node, check: name, result: passed ? 'passed' : 'FAILED' });
  }
}
console.table(results);
process.exitCode = results.every(({ result }) => result === 'passed') ? 0 : 1;
