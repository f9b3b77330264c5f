import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { TourStep } from '../tour.ts';

/** What a client made of the answer to a step. */
export type ClientResult = Readonly<Record<string, unknown>>;

/** A client of DynamoDB and other services that knows nothing of this project, as a process of its own. */
export interface ForeignClient {
  readonly name: string;
  /** The command that takes a tour: steps in, results out, as JSON. */
  readonly command: readonly [string, ...string[]];
}

/** Why a client is not here, for the name of what is skipped. */
export interface MissingClient {
  readonly name: string;
  readonly unavailable: string;
}

/**
 * Has a client take a tour of the DynamoDB at `url`, or of other services, which it is told by its environment alone.
 *
 * @param more further variables of its environment
 */
export const takeTour = async (
  { name, command: [program, ...args] }: ForeignClient,
  url: string,
  steps: readonly TourStep[],
  more: NodeJS.ProcessEnv = {},
): Promise<readonly ClientResult[]> => {
  const client = spawn(program, args, { env: { ...environment(url), ...more }, timeout: 120_000 });
  const ended = once(client, 'close');
  const [said, complaint] = [text(client.stdout), text(client.stderr)];
  client.stdin.end(
    JSON.stringify(
      steps.map(({ service = 'dynamodb', operation, input, pageSize }) => ({
        service,
        operation,
        input,
        pageSize,
      })),
    ),
  );
  const [status] = await ended;
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${await complaint}`);
  return JSON.parse(await said);
};

/** The path of a file beside this. */
export const driver = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const environment = (url: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1',
  AWS_PAGER: '',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  AWS_ENDPOINT_URL_DYNAMODB: url,
});
