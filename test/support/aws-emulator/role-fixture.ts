import { CredentialCache } from '../../../src/adapters/aws/credentials/credentials.ts';
import { EndpointResolver } from '../../../src/adapters/aws/endpoint-resolver.ts';
import { RoleCredentials } from '../../../src/adapters/aws/roles/role-credentials.ts';
import type { AssumedRole } from '../../../src/domain/iam/assumed-role.ts';
import { type AwsEmulator, startAwsEmulator } from '../../../tools/aws-emulator/index.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { AWS_CREDENTIALS } from './fixture.ts';

export const ROLE_ACCOUNT = '111122223333';
export const ROLE: AssumedRole = { roleArn: `arn:aws:iam::${ROLE_ACCOUNT}:role/reader` };

/** An emulator with a role, and the credentials of roles as the program keeps them. Both have the time of one clock. */
export interface RoleFixture {
  readonly aws: AwsEmulator;
  readonly clock: FakeClock;
  readonly credentialCache: CredentialCache;
  readonly endpoints: EndpointResolver;
  readonly roleCredentials: RoleCredentials;
  /** The requests for credentials so far. */
  readonly assumptions: () => number;
}

export const startRoleFixture = async (): Promise<RoleFixture> => {
  const clock = new FakeClock();
  /** What the services take for the time, whatever is done to the clock of the program. */
  const truth = () => FakeClock.START + clock.passedMs;
  const aws = await startAwsEmulator({ credentials: AWS_CREDENTIALS, clock: truth });
  aws.roles.put(ROLE.roleArn);
  const { url } = aws;
  const credentialCache = new CredentialCache(async () => AWS_CREDENTIALS, clock);
  const endpoints = new EndpointResolver({ endpoints: { ssm: url, sts: url, secretsmanager: url } }, clock);
  return {
    aws,
    clock,
    credentialCache,
    endpoints,
    roleCredentials: new RoleCredentials({
      credentialCache,
      endpoints,
      clock,
      region: 'eu-west-1',
      sessionName: 'shop',
    }),
    assumptions: () => aws.calls.of('AssumeRole').length,
  };
};
