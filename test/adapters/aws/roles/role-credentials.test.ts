import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SigningCredentials } from '../../../../src/adapters/aws/credentials/credentials.ts';
import { RoleCredentials } from '../../../../src/adapters/aws/roles/role-credentials.ts';
import {
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceUnavailableError,
} from '../../../../src/domain/cache/errors.ts';
import { AWS_CREDENTIALS } from '../../../support/aws-emulator/fixture.ts';
import { ROLE, type RoleFixture, startRoleFixture } from '../../../support/aws-emulator/role-fixture.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let fixture: RoleFixture;
let credentials: SigningCredentials;

beforeEach(async () => {
  fixture = await startRoleFixture();
  credentials = fixture.roleCredentials.of(ROLE);
});
afterEach(() => fixture.aws.close());

const current = async (): Promise<string> => (await credentials.current()).accessKeyId;
const failure = (): Promise<unknown> =>
  Promise.resolve(credentials.current()).then(
    () => 'no failure',
    (error: unknown) => error,
  );
const issued = (index: number): string | undefined =>
  fixture.aws.roles.sessions[index]?.credentials.accessKeyId;

/** Lets the background renewals that have begun end. */
const settled = async (sessions: number): Promise<void> => {
  while (fixture.aws.roles.sessions.length < sessions) await fixture.clock.advance(0);
  while ((await current()) !== issued(sessions - 1)) await fixture.clock.advance(0);
};

describe('the credentials of a role', () => {
  it('are those that STS issues, with the time at which they expire', async () => {
    const session = await credentials.current();

    expect(session).toEqual({
      ...fixture.aws.roles.sessions[0]?.credentials,
      expiration: new Date(fixture.clock.now() + HOUR_MS),
    });
    expect(fixture.aws.calls.all).toMatchObject([
      {
        service: 'sts',
        accessKeyId: AWS_CREDENTIALS.accessKeyId,
        input: { RoleArn: ROLE.roleArn, RoleSessionName: 'shop', DurationSeconds: '3600' },
      },
    ]);
  });

  it('are asked for once by 1,000 concurrent callers, and then kept', async () => {
    const keys = await Promise.all(Array.from({ length: 1_000 }, current));
    await fixture.clock.advance(54 * MINUTE_MS);

    expect(new Set([...keys, await current()])).toEqual(new Set([issued(0)]));
    expect(fixture.assumptions()).toBe(1);
    expect(credentials.current()).not.toBeInstanceOf(Promise);
  });

  it('are those of each role, external id and session name', async () => {
    fixture.aws.roles.put(ROLE.roleArn, { externalId: 'shop-4711' });
    const withId = { ...ROLE, externalId: 'shop-4711' };
    const named = { ...withId, sessionName: 'audited' };
    const { roleCredentials } = fixture;
    const signers = [roleCredentials.of(withId), roleCredentials.of(named), roleCredentials.of({ ...named })];
    const keys = new Set<string>();
    for (const signer of signers) keys.add((await signer.current()).accessKeyId);

    expect(await failure()).toBeInstanceOf(SourceRefusedError);
    expect(keys.size).toBe(2);
    expect(fixture.aws.roles.sessions.map(({ sessionName }) => sessionName)).toEqual(['shop', 'audited']);
  });

  it('are renewed in the last five minutes, while calls use the old ones', async () => {
    await current();
    await fixture.clock.advance(56 * MINUTE_MS);
    expect(credentials.current()).toMatchObject({ accessKeyId: issued(0) });
    await settled(2);

    expect(await current()).toBe(issued(1));
    expect(fixture.assumptions()).toBe(2);
  });

  it('serve until they expire while STS is down, and are then a temporary failure', async () => {
    await current();
    fixture.aws.faults.failNext(1_000, {}, 'sts:*');
    await fixture.clock.advance(HOUR_MS - 1);
    expect(await current()).toBe(issued(0));
    await fixture.clock.advance(1);
    while (!((await failure()) instanceof SourceUnavailableError)) await fixture.clock.advance(0);
    fixture.aws.faults.clear();
    await fixture.clock.advance(MINUTE_MS);

    expect(await current()).toBe(issued(1));
  });

  it('that expired in a freeze are not used', async () => {
    await current();
    fixture.clock.freeze(24 * HOUR_MS);

    expect(await current()).toBe(issued(1));
  });

  it('are asked for again at once if the answer was lost in a freeze, by all callers together', async () => {
    const held = fixture.aws.faults.delay('sts:AssumeRole');
    const keys = Promise.all(Array.from({ length: 100 }, current));
    await held.arrived(1);
    fixture.clock.freeze(24 * HOUR_MS);
    await fixture.clock.advance(0);
    await held.arrived(2);
    held.release();

    expect(new Set(await keys)).toEqual(new Set([await current()]));
    expect(fixture.assumptions()).toBe(2);
  });

  it('that expired in a freeze, before they arrived, are not used', async () => {
    const held = fixture.aws.faults.delay('sts:AssumeRole');
    const key = current();
    await held.arrived(1);
    held.release();
    // The answer is on its way.
    while (fixture.aws.roles.sessions.length === 0) await Promise.resolve();
    fixture.clock.freeze(24 * HOUR_MS);

    expect(await key).toBe(issued(1));
  });

  it('are renewed in the background when the wall clock jumps ahead into their last minutes', async () => {
    await current();
    fixture.clock.setWall(fixture.clock.now() + 56 * MINUTE_MS);
    expect(credentials.current()).toMatchObject({ accessKeyId: issued(0) });
    await settled(2);

    expect(await current()).toBe(issued(1));
  });

  it('are replaced when the wall clock jumps ahead beyond their end, and stay when it jumps back', async () => {
    await current();
    fixture.clock.setWall(fixture.clock.now() + 2 * HOUR_MS);
    expect(await current()).toBe(issued(1));
    fixture.clock.setWall(fixture.clock.now() - 2 * HOUR_MS);
    await fixture.clock.advance(54 * MINUTE_MS);

    expect(await current()).toBe(issued(1));
    expect(fixture.aws.roles.sessions).toHaveLength(2);
  });

  it.each([
    ['back', -3 * HOUR_MS],
    ['ahead', 3 * HOUR_MS],
  ])('have the lifetime that STS gives them, though the clock is three hours %s', async (_, byMs) => {
    fixture.clock.setWall(fixture.clock.now() + byMs);
    await current();
    await fixture.clock.advance(54 * MINUTE_MS);

    expect(await current()).toBe(issued(0));
    await fixture.clock.advance(6 * MINUTE_MS);
    expect(await current()).toBe(issued(1));
  });

  it('are not used for longer because the wall clock steps back', async () => {
    await current();
    await fixture.clock.advance(30 * MINUTE_MS);
    fixture.clock.setWall(fixture.clock.now() - 24 * HOUR_MS);
    await fixture.clock.advance(30 * MINUTE_MS);

    expect(await current()).toBe(issued(1));
  });

  it('are not used for longer because a snapshot restores the monotonic clock', async () => {
    await current();
    fixture.clock.freeze(2 * HOUR_MS);
    fixture.clock.stepMonotonic(-2 * HOUR_MS);

    expect(await current()).toBe(issued(1));
  });

  it('are given up when AWS rejects them, once for all calls that had them', async () => {
    const first = await current();
    await fixture.clock.advance(MINUTE_MS);
    expect(credentials.discard?.(first)).toBe(true);
    const second = await current();

    expect(second).toBe(issued(1));
    expect(credentials.discard?.(first)).toBe(true);
    expect(await current()).toBe(second);
    expect(credentials.discard?.(second)).toBe(false);
    expect(await current()).toBe(second);
  });
});

describe('a role that cannot be assumed', () => {
  it('is a refusal with the ARN of the role and the error of STS, and nothing secret', async () => {
    fixture.aws.roles.put(ROLE.roleArn, { externalId: 'external-id-of-shop' });
    credentials = fixture.roleCredentials.of({ ...ROLE, externalId: 'wrong-external-id' });
    const error = await failure();

    expect(error).toBeInstanceOf(SourceRefusedError);
    expect(String(error)).toContain(
      `STS refused AssumeRole of ${ROLE.roleArn}: AccessDenied; the function's role needs sts:AssumeRole`,
    );
    const { secretAccessKey, sessionToken } = AWS_CREDENTIALS;
    for (const secret of ['external-id', secretAccessKey, sessionToken])
      expect(inspect(error, { depth: 9 })).not.toContain(secret);
  });

  it('is asked for at growing intervals, however often it is read, and is used once it is permitted', async () => {
    const undo = fixture.aws.faults.deny('sts:AssumeRole', ROLE.roleArn);
    for (let read = 0; read < 1_000; read += 1) {
      expect(await failure()).toBeInstanceOf(SourceRefusedError);
      await fixture.clock.advance(10);
    }
    // At 0, 0.25, 0.75, 1.75, 3.75 and 7.75 seconds.
    expect(fixture.assumptions()).toBe(6);
    undo();
    await fixture.clock.advance(30_000);

    expect(await current()).toBe(issued(0));
  });

  it.each([
    ['throttling', { type: 'ThrottlingException' }, SourceThrottledError],
    ['a failure of STS', { type: 'InternalFailure', status: 500 }, SourceUnavailableError],
    ['the answer of a proxy', { status: 200 }, SourceUnavailableError],
    ['the refusal of a proxy', { status: 403 }, SourceUnavailableError],
  ])('is a temporary failure because of %s', async (_, fault, kind) => {
    fixture.aws.faults.failNext(1, fault, 'sts:AssumeRole');

    expect(await failure()).toBeInstanceOf(kind);
    await fixture.clock.advance(250);
    expect(await current()).toBe(issued(0));
  });

  it('is a lost connection if STS cannot be reached', async () => {
    await fixture.aws.close();

    const error = await failure();
    expect(error).toBeInstanceOf(SourceConnectionError);
    expect(String(error)).toMatch(
      /AssumeRole of arn:.* failed: STS cannot be reached: ECONNREFUSED .*CACHE_EXTENSION_STS_ENDPOINT/,
    );
  });

  it('is refused if the region is unknown', async () => {
    const { clock, credentialCache, endpoints } = fixture;
    const parts = { clock, credentialCache, endpoints, sessionName: 'shop' };
    credentials = new RoleCredentials(parts).of(ROLE);

    expect(await failure()).toMatchObject({ message: expect.stringContaining('set AWS_REGION') });
  });
});
