import { type AwsEmulator, startAwsEmulator } from '../../../tools/aws-emulator/index.ts';
import { SignedCaller } from './signed-caller.ts';

export const AWS_CREDENTIALS = {
  accessKeyId: 'AKIDEMULATED',
  secretAccessKey: 'emulated-secret',
  sessionToken: 'emulated-session',
} as const;

/** An emulator whose time stands still, and a client that signs with the same time. */
export interface AwsFixture {
  readonly aws: AwsEmulator;
  readonly client: SignedCaller;
  /** Milliseconds since the epoch; 2022-11-16T08:22:40.362Z at first. */
  now: number;
}

export const startAwsFixture = async (): Promise<AwsFixture> => {
  const time = { now: Date.UTC(2022, 10, 16, 8, 22, 40, 362) };
  const clock = () => time.now;
  const aws = await startAwsEmulator({ credentials: AWS_CREDENTIALS, clock });
  const client = new SignedCaller({ url: aws.url, credentials: AWS_CREDENTIALS, now: clock });
  return Object.assign(time, { aws, client });
};
