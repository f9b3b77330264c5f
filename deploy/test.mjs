import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildConstruct, OutOfReachError } from './cdk/build.mjs';

/*
 * Builds the CDK construct and tests it by synthesis. Runs offline, except that the first run downloads the AWS CDK:
 *   node deploy/test.mjs
 */
const root = fileURLToPath(new URL('..', import.meta.url));

const testConstruct = () => {
  const run = (...args) =>
    spawnSync(process.execPath, args, { cwd: `${root}deploy/cdk`, stdio: 'inherit' }).status;
  const types = run(`${root}node_modules/typescript/bin/tsc`, '-p', 'tsconfig.json');
  const tests = run(
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    `${root}node_modules/jest/bin/jest.js`,
    ...process.argv.slice(2),
  );
  return types || tests;
};

try {
  await buildConstruct();
  process.exitCode = testConstruct() ?? 1;
} catch (error) {
  if (!(error instanceof OutOfReachError)) throw error;
  console.log(
    `skipped the tests of the CDK construct: the AWS CDK could not be downloaded (${error.message})`,
  );
}
