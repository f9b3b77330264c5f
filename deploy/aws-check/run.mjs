import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../../scripts/arguments.mjs';
import { ensureBuilt } from '../../scripts/build.mjs';
import { ensureInstalled } from '../../scripts/install.mjs';
import { buildConstruct } from '../cdk/build.mjs';

const USAGE = `npm run aws-check -- --region <region> [--profile <profile>] [--yes]
Deploys a stack to your AWS account, checks what the extension promises there, prints and saves a report, and removes
everything. docs/aws-check.md says what it needs, what it costs, and what it checks.
Ends with status 0 if all promises were kept, with 1 if not, and with 2 if it did not start.
  --region <region>    default: AWS_REGION
  --profile <profile>  of the AWS CLI; default: that of the AWS CLI
  --yes                start without a question
  -h, --help           print this`;

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values } = readArguments({
  usage: USAGE,
  options: { region: { type: 'string' }, profile: { type: 'string' }, yes: { type: 'boolean' } },
  accepts: ([word], { region }) => {
    if (word !== undefined) return `${JSON.stringify(word)} is not understood`;
    return region || process.env.AWS_REGION ? undefined : 'no region is given; use --region';
  },
});

/** Runs a program that prints its progress. Throws if it fails. */
const run = (program, ...args) => {
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with status ${status}`);
};

const versionIn = (manifest) => JSON.parse(readFileSync(`${root}${manifest}`, 'utf8')).version;

const commit = () => {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty', '--abbrev=12'], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : 'unknown';
};

await ensureInstalled();
await ensureBuilt(['aws-check']);
const { main } = await import('../../dist/aws-check/main.mjs');
process.exitCode = await main({
  profile: values.profile ?? process.env.AWS_PROFILE,
  region: values.region ?? process.env.AWS_REGION,
  yes: values.yes ?? false,
  cdkFolder: `${root}deploy/cdk`,
  layers: `${root}dist/layers`,
  reports: `${root}aws-check-report`,
  versions: {
    extension: versionIn('package.json'),
    commit: commit(),
    'Node.js of this machine': process.version,
  },
  prepare: async (layers) => {
    await buildConstruct();
    run(process.execPath, 'scripts/layers.mjs', ...layers);
  },
}).catch((error) => {
  console.error(error.message);
  return 1;
});
