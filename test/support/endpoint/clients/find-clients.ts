import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { IS_THOROUGH } from '../../thorough.ts';
import { driver, type ForeignClient, type MissingClient } from './foreign-client.ts';

const run = promisify(execFile);

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache');

/**
 * Installs the packages that are locked in a folder beside this file, and returns the folder that contains them. The package
 * registry is needed the first time.
 */
const installedFolder = async (
  name: 'sdk-of-2024' | 'sdk-of-2026' | 'powertools-of-2026',
): Promise<string | { readonly unavailable: string }> => {
  const locked = fileURLToPath(new URL(name, import.meta.url));
  const lock = await readFile(join(locked, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex').slice(0, 12);
  const folder = join(CACHE, `${name}-${digest}`);
  if (existsSync(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const next = await mkdtemp(`${folder}.`);
  try {
    await cp(locked, next, { recursive: true });
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: next, timeout: 120_000 });
    await rename(next, folder);
  } catch (error) {
    await rm(next, { recursive: true, force: true });
    // Somebody else may have been faster; theirs is as good.
    if (!existsSync(folder)) return { unavailable: `it is not to be had: ${String(error).split('\n', 1)}` };
  }
  return folder;
};

/** A client that is always there. */
export const projectClient: ForeignClient = {
  name: 'the AWS SDK for JavaScript of this project',
  command: [process.execPath, driver('sdk-tour.mjs'), ROOT],
};

/** The clients with which tours are taken, and those that are not to be had here. */
export const findClients = async (): Promise<readonly (ForeignClient | MissingClient)[]> => [
  ...(await sdkClients('2026')),
  ...(await sdkClients('2024')),
  ...(await pythonClients()),
];

/** The same for tours of Parameter Store and Secrets Manager: only the SDK of this project, unless the tests are thorough. */
export const findValueClients = async (): Promise<readonly (ForeignClient | MissingClient)[]> => [
  projectClient,
  ...(IS_THOROUGH ? [await powertools(), ...(await pythonClients())] : []),
];

const powertools = async (): Promise<ForeignClient | MissingClient> => {
  const name = 'Powertools for AWS Lambda';
  const folder = await installedFolder('powertools-of-2026');
  if (typeof folder !== 'string') return { name, ...folder };
  return { name, command: [process.execPath, driver('powertools-tour.mjs'), folder] };
};

const pythonClients = async (): Promise<readonly (ForeignClient | MissingClient)[]> => [
  await pythonClient('boto3 of Debian', '/usr/bin/python3', 'boto3', 'boto3_tour.py'),
  await pythonClient('boto3 of the PATH', 'python3', 'boto3', 'boto3_tour.py'),
  await pythonClient('the AWS CLI of Debian', '/usr/bin/python3', 'awscli', 'cli_tour.py'),
  await pythonClient('the AWS CLI of the PATH', 'python3', 'awscli', 'cli_tour.py'),
];

const sdkClients = async (year: '2024' | '2026'): Promise<readonly (ForeignClient | MissingClient)[]> => {
  const names = [`the AWS SDK for JavaScript of ${year}`, `the document client of ${year}`];
  const folder = await installedFolder(`sdk-of-${year}`);
  if (typeof folder !== 'string') return names.map((name) => ({ name, ...folder }));
  return names.map((name, index) => ({
    name,
    command: [process.execPath, driver(index === 0 ? 'sdk-tour.mjs' : 'document-tour.mjs'), folder],
  }));
};

const pythonClient = async (
  name: string,
  python: string,
  module: string,
  file: string,
): Promise<ForeignClient | MissingClient> => {
  try {
    const { stdout } = await run(python, ['-c', `import ${module}; print(${module}.__version__)`], {
      timeout: 30_000,
    });
    return { name: `${name}, ${stdout.trim()}`, command: [python, driver(file)] };
  } catch {
    return { name, unavailable: `${python} has no ${module}` };
  }
};
