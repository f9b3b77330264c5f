import { CredentialCache } from '../../../src/adapters/aws/credentials/credentials.ts';
import { EndpointResolver } from '../../../src/adapters/aws/endpoint-resolver.ts';
import type { ValueSourceParts } from '../../../src/adapters/aws/value-source.ts';
import type { ReadOptions, SourceAnswer } from '../../../src/ports/outbound/item-source.ts';
import { type AwsEmulator, startAwsEmulator } from '../../../tools/aws-emulator/index.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';
import { AWS_CREDENTIALS } from './fixture.ts';

/** The time of everything that is stored, in seconds since the epoch. */
export const STORED_AT = 1_668_586_960.362;

/** An emulator, and what a source needs to call it over the wire. */
export interface SourceFixture {
  readonly aws: AwsEmulator;
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
  readonly parts: ValueSourceParts;
}

export interface SourceFixtureOptions {
  /** The region of the emulator and of the function. */
  readonly region?: string;
  readonly regions?: ReadonlyMap<string, string>;
  /** In place of the emulator. */
  readonly endpoint?: string;
}

export const startSourceFixture = async ({
  region = 'eu-west-1',
  regions = new Map(),
  endpoint,
}: SourceFixtureOptions = {}): Promise<SourceFixture> => {
  const clock = new FakeClock();
  // The program corrects its signing time by the dates of responses, which are real.
  clock.setWall(Date.now());
  const aws = await startAwsEmulator({
    credentials: AWS_CREDENTIALS,
    region,
    clock: () => STORED_AT * 1000,
    signingClock: Date.now,
  });
  const url = endpoint ?? aws.url;
  const logger = new RecordingLogger();
  return {
    aws,
    clock,
    logger,
    parts: {
      credentialCache: new CredentialCache(async () => AWS_CREDENTIALS, clock),
      endpoints: new EndpointResolver({ endpoints: { ssm: url, secretsmanager: url } }, clock),
      clock,
      logger,
      region: 'eu-west-1',
      regions,
    },
  };
};

export const optionsOf = (...contentTypes: readonly string[]): ReadOptions => ({
  contentTypes,
  signal: new AbortController().signal,
});

/** The texts of the bodies, in their order. */
export const bodyTexts = ({ bodies }: SourceAnswer): readonly string[] =>
  bodies.map(({ bytes }) => new TextDecoder().decode(bytes));

/** What the contract of sources does to an emulator. */
export const emulatorSwitches = ({ aws }: SourceFixture, actions: string) => ({
  calls: () => aws.calls.all.length,
  hold: () => {
    const delay = aws.faults.delay();
    return { arrived: (count = 1) => delay.arrived(count), open: () => delay.release() };
  },
  refuse: async () => void aws.faults.deny(actions),
  disconnect: () => aws.close(),
  close: () => aws.close(),
});
