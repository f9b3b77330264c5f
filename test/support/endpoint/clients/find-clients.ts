import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { driver, type ForeignClient, type MissingClient } from './foreign-client.ts';
import { sdkFolder } from './sdk-folder.ts';

const run = promisify(execFile);

/** The clients with which tours are taken, and those that are not to be had here. */
export const findClients = async (): Promise<readonly (ForeignClient | MissingClient)[]> => [
  ...(await sdkClients('2026')),
  ...(await sdkClients('2024')),
  await pythonClient('boto3 of Debian', '/usr/bin/python3', 'boto3', 'boto3_tour.py'),
  await pythonClient('boto3 of the PATH', 'python3', 'boto3', 'boto3_tour.py'),
  await pythonClient('the AWS CLI of Debian', '/usr/bin/python3', 'awscli', 'cli_tour.py'),
];

const sdkClients = async (year: '2024' | '2026'): Promise<readonly (ForeignClient | MissingClient)[]> => {
  const names = [`the AWS SDK for JavaScript of ${year}`, `the document client of ${year}`];
  const folder = await sdkFolder(year);
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
