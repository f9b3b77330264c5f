import { join } from 'node:path';
import * as v from 'valibot';
import { type AwsCli, AwsCliError, profileOptions } from './aws-cli.ts';
import { AwsCloud } from './aws-cloud.ts';
import type { Execute } from './execute.ts';

export interface DeployOptions {
  readonly execute: Execute;
  readonly aws: AwsCli;
  readonly stack: string;
  /** The folder of the CDK project. */
  readonly cdkFolder: string;
  /** The folder of the layers' zip files. */
  readonly layers: string;
  /** For the synthesized templates. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Deploys the stack with the CDK. @throws {Error} with the output of the CDK */
export const deployStack = async (options: DeployOptions): Promise<void> => {
  const { execute, aws, stack, cdkFolder, layers, folder, signal } = options;
  const { region } = aws.place;
  const { status, stdout, stderr } = await execute(
    process.execPath,
    [
      join(cdkFolder, 'node_modules/aws-cdk/bin/cdk'),
      'deploy',
      '--app',
      'node aws-check/app.mjs',
      '--context',
      `stackName=${stack}`,
      '--context',
      `layers=${layers}`,
      '--output',
      join(folder, 'cdk.out'),
      '--require-approval',
      'never',
      '--ci',
      ...profileOptions(aws.place),
    ],
    { cwd: cdkFolder, signal, env: { AWS_REGION: region, AWS_DEFAULT_REGION: region } },
  );
  signal.throwIfAborted();
  if (status !== 0) throw new Error(`the stack could not be deployed:\n${stdout}${stderr}`.trim());
};

/** Something that still exists, and the command that removes it. */
export interface Leftover {
  readonly what: string;
  readonly command: string;
}

const StacksSchema = v.object({ Stacks: v.array(v.object({ StackStatus: v.string() })) });
const LogGroupsSchema = v.object({ logGroups: v.array(v.object({ logGroupName: v.string() })) });

/** Removes all that the checks made. Resolves with what could not be removed; never rejects. */
export const removeStack = async (
  aws: AwsCli,
  stack: string,
  folder: string,
): Promise<readonly Leftover[]> => {
  // A role with a policy that CloudFormation does not know cannot be deleted. The function may not exist.
  const cloud = new AwsCloud(aws, stack, folder, new AbortController().signal);
  await cloud.deny('Denied', false).catch(() => undefined);
  await aws.call('cloudformation', 'delete-stack', '--stack-name', stack).catch(() => undefined);
  // If it fails, the stack is still there.
  await aws
    .call('cloudformation', 'wait', 'stack-delete-complete', '--stack-name', stack)
    .catch(() => undefined);
  return [...(await leftStacks(aws, stack)), ...(await leftLogGroups(aws, stack))];
};

const leftStacks = async (aws: AwsCli, stack: string): Promise<readonly Leftover[]> => {
  const command = commandFor(aws, `cloudformation delete-stack --stack-name ${stack}`);
  try {
    const answer = await aws.call('cloudformation', 'describe-stacks', '--stack-name', stack);
    const { Stacks } = v.parse(StacksSchema, answer);
    return Stacks.map(({ StackStatus }) => ({ what: `stack ${stack} (${StackStatus})`, command }));
  } catch (error) {
    const isGone = error instanceof AwsCliError && error.message.includes('does not exist');
    return isGone ? [] : [{ what: `stack ${stack} (its state is unknown: ${messageOf(error)})`, command }];
  }
};

const leftLogGroups = async (aws: AwsCli, stack: string): Promise<readonly Leftover[]> => {
  const prefix = `/dynamodb-cache-check/${stack}`;
  try {
    const answer = await aws.call('logs', 'describe-log-groups', '--log-group-name-prefix', prefix);
    const left: Leftover[] = [];
    for (const { logGroupName } of v.parse(LogGroupsSchema, answer).logGroups) {
      await aws.call('logs', 'delete-log-group', '--log-group-name', logGroupName).catch(() => {
        const command = commandFor(aws, `logs delete-log-group --log-group-name ${logGroupName}`);
        left.push({ what: `log group ${logGroupName}`, command });
      });
    }
    return left;
  } catch (error) {
    const command = commandFor(aws, `logs describe-log-groups --log-group-name-prefix ${prefix}`);
    return [{ what: `log groups (could not be listed: ${messageOf(error)})`, command }];
  }
};

const commandFor = ({ place }: AwsCli, call: string): string =>
  ['aws', call, ...profileOptions(place), '--region', place.region].join(' ');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
