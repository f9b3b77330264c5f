import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import type { CommandResult } from '../../deploy/aws-check/aws/execute.ts';
import type { Check } from '../../deploy/aws-check/checks/check.ts';
import { FUNCTIONS } from '../../deploy/aws-check/cloud.ts';
import { costOfRun } from '../../deploy/aws-check/cost.ts';
import { PRICES } from '../../src/domain/estimate/estimate-inputs.ts';
import { readPlan } from '../support/aws-check/check-plan.ts';
import { awsError, STACK } from '../support/aws-check/emulated-account.ts';
import { runOnEmulatedAccount } from '../support/aws-check/emulated-run.ts';
import { eventually } from '../support/e2e/eventually.ts';

const check = (name: string, run: Check['run']): Check => ({ name, promise: `The promise of ${name}.`, run });

const PASSES = check('passes', async () => ({ text: 'seen' }));

/** Answers one call in place of the account. */
const answering = (call: string, result: CommandResult) => (asked: string) =>
  asked === call ? result : undefined;

const EXPIRED = awsError('ExpiredToken', 'The security token included in the request is expired');

describe('aws-check before the start', () => {
  it.each([
    [
      'the AWS CLI is missing',
      answering('--version', { status: null, isMissing: true, stdout: '', stderr: '' }),
      'the AWS CLI was not found in PATH. Install version 2: https://',
    ],
    [
      'the AWS CLI is of version 1',
      answering('--version', { status: 0, stdout: 'aws-cli/1.44.2 Python/3.11', stderr: '' }),
      'version 2 of the AWS CLI is needed; `aws --version` ended with 0 and printed: aws-cli/1.44.2',
    ],
    [
      'there are no credentials',
      answering('sts get-caller-identity', EXPIRED),
      'no AWS credentials for the profile test in eu-west-1. Log in, such as with `aws sso login --profile test`',
    ],
    [
      'the account has no bootstrap stack',
      answering('ssm get-parameter', awsError('ParameterNotFound')),
      'Create it once: (cd deploy/cdk && npm ci && npx cdk bootstrap aws://123456789012/eu-west-1 --profile test)',
    ],
    [
      'the bootstrap stack cannot be read',
      answering('ssm get-parameter', awsError('AccessDeniedException')),
      'could not be read: aws ssm get-parameter: An error occurred (AccessDeniedException)',
    ],
  ])('says what to do if %s, and ends with status 2', async (_, answer, message) => {
    const { status, output, calls, reports } = await runOnEmulatedAccount({ answer });

    expect(output).toMatch(/^Not started: /);
    expect(output).toContain(message);
    expect(status).toBe(2);
    expect(calls).not.toContain('cdk deploy');
    expect(reports).toEqual({});
  });

  it('shows the account, the region and the cost, then asks; without a yes it deploys nothing', async () => {
    const said: string[] = [];
    let shown = '';
    const { status, calls } = await runOnEmulatedAccount({
      overrides: {
        say: (line) => said.push(line),
        confirm: async () => {
          shown = said.join('\n');
          return false;
        },
      },
    });

    expect(shown).toContain('to account 123456789012, region eu-west-1');
    expect(shown).toMatch(/Cost: at most \d US cents, by the prices of us-east-1 as of \d{4}-\d\d-\d\d/);
    expect(status).toBe(2);
    expect(calls).toEqual(['--version', 'sts get-caller-identity', 'ssm get-parameter']);
  });

  it('deploys nothing if the layers cannot be built, and ends with status 2', async () => {
    const { status, output, calls } = await runOnEmulatedAccount({
      overrides: { prepare: () => Promise.reject(new Error('no layers')) },
    });

    expect(output).toContain('Not started: no layers');
    expect(status).toBe(2);
    expect(calls).not.toContain('cdk deploy');
  });

  it('computes the cost from the prices of `estimate`', () => {
    const { asOf, lines, usd } = costOfRun();

    expect(asOf).toBe(PRICES.asOf);
    expect(lines[0]).toEqual({ what: 'Lambda, 260 GB-seconds', usd: 260 * PRICES.gbSecondX86 });
    expect(usd).toBeCloseTo(lines.reduce((sum, line) => sum + line.usd, 0));
    expect(usd).toBeLessThan(0.1);
  });
});

describe('aws-check after the deployment', () => {
  it('removes the stack and ends with status 0 if all checks pass', async () => {
    const { status, hasStack, reports } = await runOnEmulatedAccount({ overrides: { checks: [PASSES] } });

    expect(status).toBe(0);
    expect(hasStack).toBe(false);
    expect(reports.md).toContain('1 of 1 checks passed.');
    expect(reports.md).toContain('## Leftovers\n\nNone.');
  });

  it('continues after a check that fails, removes the stack, and ends with status 1', async () => {
    const fails = check('fails', async () => {
      throw new Error('the promise was broken');
    });
    const run = await runOnEmulatedAccount({ overrides: { checks: [fails, PASSES] } });

    expect(run.status).toBe(1);
    expect(run.hasStack).toBe(false);
    expect(run.output).toContain('FAILED: fails: the promise was broken\npassed: passes: seen');
    expect(run.reports.md).toContain('# Check on AWS: FAILED\n\n1 of 2 checks passed.');
  });

  it('removes what there is if the deployment fails', async () => {
    const run = await runOnEmulatedAccount({
      answer: answering('cdk deploy', { status: 1, stdout: '', stderr: 'CREATE_FAILED' }),
      overrides: { checks: [PASSES] },
    });

    expect(run.status).toBe(1);
    expect(run.reports.md).toContain('The run ended early: the stack could not be deployed:\nCREATE_FAILED');
    expect(run.reports.md).toContain('### not run: passes');
    expect(run.calls).toContain('cloudformation delete-stack');
  });

  it('removes the stack if it is interrupted, and runs no further check', async () => {
    const abort = new AbortController();
    const interrupted = check('interrupted', async (cloud) => {
      abort.abort();
      await cloud.wait(60_000);
      return { text: 'not reached' };
    });
    const run = await runOnEmulatedAccount({
      overrides: { checks: [interrupted, PASSES], signal: abort.signal },
    });

    expect(run.status).toBe(1);
    expect(run.hasStack).toBe(false);
    expect(run.reports.md).toContain('The run ended early: it was interrupted');
    expect(run.reports.md).toContain('### not run: interrupted');
    expect(run.reports.md).toContain('### not run: passes');
  });

  it('removes the denial of the role before the stack, which could not be deleted with it', async () => {
    const denies = check('denies', async (cloud) => {
      await cloud.deny('Denied', true);
      throw new Error('no end of the denial');
    });
    const { calls } = await runOnEmulatedAccount({ overrides: { checks: [denies] } });

    expect(calls.slice(calls.indexOf('iam put-role-policy') + 1)).toEqual([
      'lambda get-function-configuration Denied',
      'iam delete-role-policy',
      'cloudformation delete-stack',
      'cloudformation wait',
      'cloudformation describe-stacks',
      'logs describe-log-groups',
    ]);
  });

  it('names what it could not remove, with the command that does, and ends with status 1', async () => {
    const group = `/dynamodb-cache-check/${STACK}-Node`;
    const run = await runOnEmulatedAccount({
      answer: (call) => {
        if (call === 'cloudformation delete-stack') return awsError('ValidationError', 'in use');
        if (call === 'logs describe-log-groups')
          return { status: 0, stdout: JSON.stringify({ logGroups: [{ logGroupName: group }] }), stderr: '' };
        return call === 'logs delete-log-group' ? awsError('AccessDeniedException') : undefined;
      },
      overrides: { checks: [PASSES] },
    });

    expect(run.status).toBe(1);
    expect(run.reports.md).toContain(
      `- stack ${STACK} (CREATE_COMPLETE): \`aws cloudformation delete-stack --stack-name ${STACK} --profile test --region eu-west-1\``,
    );
    expect(run.reports.md).toContain(
      `- log group ${group}: \`aws logs delete-log-group --log-group-name ${group} --profile test --region eu-west-1\``,
    );
  });

  it('writes no credentials and no account number into output or reports', async () => {
    const env = {
      AWS_ACCESS_KEY_ID: 'the-key-id',
      AWS_SECRET_ACCESS_KEY: 'the-secret-key',
      AWS_SESSION_TOKEN: 'the-token',
    };
    const leak = `${Object.values(env).join(' ')} AKIAIOSFODNN7EXAMPLE ASIAIOSFODNN7EXAMPLE`;
    const { output, reports } = await runOnEmulatedAccount({
      answer: answering('cdk deploy', { status: 1, stdout: leak, stderr: '' }),
      overrides: { checks: [PASSES], env },
    });

    const written = [output, reports.md, reports.json].join('\n');
    expect(written).toContain('could not be deployed:\n*** *** *** *** ***');
    expect(written).not.toMatch(/the-key-id|the-secret-key|the-token|AKIA|ASIA/);
    expect(`${reports.md}${reports.json}`).not.toContain('123456789012');
  });
});

it('the plan of the stack has the functions that the checks name', () => {
  expect(Object.keys(readPlan().functions)).toEqual([...FUNCTIONS]);
});

describe('npm run aws-check', () => {
  const script = fileURLToPath(new URL('../../deploy/aws-check/run.mjs', import.meta.url));

  /** Starts the command with an AWS CLI of its own. */
  const start = (aws: string, ...args: readonly string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'aws-check-command-'));
    writeFileSync(join(folder, 'aws'), `#!/bin/sh\n${aws}\n`, { mode: 0o755 });
    const env = { PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin`, HOME: folder };
    const child = spawn(process.execPath, [script, ...args], { cwd: folder, env });
    child.stdin.end();
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]).then(
      ([stdout, stderr, [status]]) => {
        rmSync(folder, { recursive: true });
        return { status, output: `${stdout}${stderr}` };
      },
    );
    return { child, folder, ended };
  };

  it('ends with status 2 if no region is given', async () => {
    expect(await start('exit 1').ended).toMatchObject({
      status: 2,
      output: expect.stringContaining('no region is given; use --region'),
    });
  });

  it('needs --yes if there is no terminal', async () => {
    const aws =
      'case $1 in --version) echo aws-cli/2.31.0;; sts) echo \'{"Account":"123456789012"}\';; *) echo {};; esac';

    expect(await start(aws, '--region', 'eu-west-1').ended).toMatchObject({
      status: 2,
      output: expect.stringContaining('There is no terminal to ask. Use --yes to start.'),
    });
  });

  it('ends with status 2 if it is interrupted before the start', async () => {
    const aws = 'case $1 in --version) echo aws-cli/2.31.0;; *) : >asked; exec sleep 60;; esac';
    const { child, folder, ended } = start(aws, '--region', 'eu-west-1', '--yes');
    await eventually(async () => existsSync(join(folder, 'asked')), Boolean);
    child.kill('SIGINT');

    expect(await ended).toMatchObject({ status: 2, output: expect.stringContaining('Not started') });
  });
});
