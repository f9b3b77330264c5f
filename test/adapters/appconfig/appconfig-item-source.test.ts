import { beforeEach, describe, expect, it } from '@jest/globals';
import { AppConfigItemSource } from '../../../src/adapters/appconfig/appconfig-item-source.ts';
import type { WholeResponse } from '../../../src/adapters/aws/aws-client.ts';
import { NoCredentialsError } from '../../../src/adapters/aws/credentials/credentials.ts';
import { ResponseTimeoutError } from '../../../src/adapters/aws/http-client/transport-error.ts';
import { AS_STORED, configurationKey } from '../../../src/domain/appconfig/configuration-name.ts';
import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import {
  DeadlineExceededError,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
  SourceUnavailableError,
} from '../../../src/domain/cache/errors.ts';
import { NotForwardedError } from '../../../src/ports/inbound/wire-operations.ts';
import type { SourceAnswer } from '../../../src/ports/outbound/item-source.ts';
import { FakeAppConfigData } from '../../support/appconfig/fake-appconfig-data.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

const START = 'StartConfigurationSession';
const POLL = 'GetLatestConfiguration';
const PLACE = 'eu-west-1/shop/prod/flags';
const MINUTE_MS = 60_000;

const key = configurationKey('appconfig', { application: 'shop', environment: 'prod', profile: 'flags' });

let clock: FakeClock;
let service: FakeAppConfigData;
let source: AppConfigItemSource;

const read = (signal = new AbortController().signal, of: EntryKey = key): Promise<SourceAnswer> =>
  source.read(of, { contentTypes: [AS_STORED], signal });

const textOf = ({ bodies: [body] }: SourceAnswer): string | undefined =>
  body && `${body.contentType} ${body.mediaType} ${new TextDecoder().decode(body.bytes)}`;

/** As the AWS client rejects if there is no answer. */
const TIMED_OUT = new SourceTimeoutError('AppConfig at appconfigdata did not answer in time', {
  cause: new ResponseTimeoutError(),
});

const lost = (): never => {
  throw TIMED_OUT;
};

beforeEach(() => {
  clock = new FakeClock();
  service = new FakeAppConfigData(clock);
  service.deploy(PLACE, '{"a":1}');
  source = new AppConfigItemSource({
    client: service,
    clock,
    groups: [{ name: 'appconfig', pollIntervalMs: 45_000 }],
    region: 'eu-west-1',
  });
});

describe('a read of a configuration', () => {
  it('starts a session and returns the bytes and the type as stored', async () => {
    const answer = await read();

    expect(textOf(answer)).toBe('*/* application/json {"a":1}');
    expect(answer).toMatchObject({ key, askedAt: FakeClock.START });
    expect(service.operations).toEqual([START, POLL]);
  });

  it('names the type application/octet-stream if AppConfig names none', async () => {
    service.intervene(
      (process) => process(),
      () => service.response(200, { 'next-poll-configuration-token': 'next' }, 'x'),
    );

    expect(textOf(await read())).toBe('*/* application/octet-stream x');
  });

  it('returns no bodies for a configuration that does not exist', async () => {
    service.remove(PLACE);
    service.intervene((process) => {
      clock.freeze(5);
      return process();
    });

    expect(await read()).toEqual({ key, askedAt: FakeClock.START, bodies: [] });
  });

  it('returns the kept bytes with a new time if nothing changed', async () => {
    const first = await read();
    clock.freeze(MINUTE_MS);
    const second = await read();

    expect(second.bodies).toEqual(first.bodies);
    expect(second.askedAt).toBe(FakeClock.START + MINUTE_MS);
    expect([service.operations, service.receives]).toEqual([[START, POLL, POLL], 1]);
  });

  it('returns the new bytes and the new type after a deployment', async () => {
    await read();
    service.deploy(PLACE, 'a: 2\n', 'application/x-yaml');
    clock.freeze(MINUTE_MS);

    expect(textOf(await read())).toBe('*/* application/x-yaml a: 2\n');
  });

  it('does not poll earlier than AppConfig allows, and dates the answer with the latest poll', async () => {
    const first = await read();
    clock.freeze(35_999);
    const early = await read();
    expect(early).toEqual(first);
    expect(service.operations).toEqual([START, POLL]);

    clock.freeze(1);
    expect((await read()).askedAt).toBe(FakeClock.START + 36_000);
    expect(service.operations).toEqual([START, POLL, POLL]);
  });

  it('polls if the wall clock has stepped back, and starts anew if AppConfig rejects that', async () => {
    await read();
    clock.setWall(FakeClock.START - 1);

    expect(textOf(await read())).toBe('*/* application/json {"a":1}');
    expect(service.operations).toEqual([START, POLL, POLL, START, POLL]);
  });

  it('waits for 60 seconds if AppConfig does not name an interval', async () => {
    service.intervene(
      (process) => process(),
      () => service.response(200, { 'next-poll-configuration-token': 'next' }, 'x'),
    );
    await read();
    clock.freeze(59_999);
    await read();
    expect(service.requests).toHaveLength(2);

    clock.freeze(1);
    await read();
    expect(service.requests.length).toBeGreaterThan(2);
  });

  it('copies the bytes, which may be a view of a larger buffer', async () => {
    const buffer = new TextEncoder().encode('....{"b":2}....');
    service.intervene(
      (process) => process(),
      (process) => ({ ...process(), body: buffer.subarray(4, 11) }),
    );
    const answer = await read();
    buffer.fill(0);

    expect(textOf(answer)).toBe('*/* application/json {"b":2}');
  });

  it('keeps a configuration that is empty', async () => {
    service.deploy(PLACE, '');

    expect(textOf(await read())).toBe('*/* application/json ');
  });

  it('takes an empty answer to the first poll of a session for an empty configuration', async () => {
    await read();
    service.deploy(PLACE, '', 'text/plain');
    clock.freeze(24 * 60 * MINUTE_MS);

    expect(textOf(await read())).toBe('*/* text/plain ');
    expect(service.operations).toEqual([START, POLL, START, POLL]);
  });
});

describe('the minimum between polls', () => {
  it.each([
    [1_000, 15],
    [19_999, 15],
    [45_000, 36],
    [74_999, 59],
    [75_000, undefined],
    [3_600_000, undefined],
  ])(
    'for an interval of %d ms is requested as %s seconds, so that a background refresh can poll',
    async (pollIntervalMs, seconds) => {
      const groups = [{ name: 'appconfig', pollIntervalMs }];
      source = new AppConfigItemSource({ client: service, clock, groups, region: 'eu-west-1' });
      await read();
      const session: unknown = JSON.parse(new TextDecoder().decode(service.requests[0]?.body));

      expect(session).toEqual({
        ApplicationIdentifier: 'shop',
        EnvironmentIdentifier: 'prod',
        ConfigurationProfileIdentifier: 'flags',
        RequiredMinimumPollIntervalInSeconds: seconds,
      });
    },
  );
});

describe('the token', () => {
  it('is not used after 23 hours and 45 minutes', async () => {
    await read();
    clock.freeze((23 * 60 + 45) * MINUTE_MS);
    await read();
    expect(service.operations).toEqual([START, POLL, POLL]);

    clock.freeze((23 * 60 + 45) * MINUTE_MS + 1);
    await read();
    expect(service.operations).toEqual([START, POLL, POLL, START, POLL]);
  });

  it.each(['Corrupted', 'Expired'])('is dropped if AppConfig reports it as %s', async () => {
    await read();
    clock.freeze(MINUTE_MS);
    service.intervene(() => service.failure(400, 'BadRequestException'));

    expect(textOf(await read())).toBe('*/* application/json {"a":1}');
    expect(service.operations).toEqual([START, POLL, POLL, START, POLL]);
  });

  it('is dropped if the configuration no longer exists, with its bytes', async () => {
    await read();
    service.remove(PLACE);
    clock.freeze(MINUTE_MS);
    expect((await read()).bodies).toEqual([]);

    clock.setWall(FakeClock.START + 1);
    expect((await read()).bodies).toEqual([]);

    service.deploy(PLACE, '{"a":2}');
    expect(textOf(await read())).toBe('*/* application/json {"a":2}');
    expect(service.operations).toEqual([START, POLL, POLL, START, START, POLL]);
  });

  it('is tried once more after a poll whose request was lost, without another session', async () => {
    await read();
    clock.freeze(MINUTE_MS);
    service.intervene(lost);
    await expect(read()).rejects.toThrow(SourceTimeoutError);

    expect(textOf(await read())).toBe('*/* application/json {"a":1}');
    expect([service.operations, service.receives]).toEqual([[START, POLL, POLL, POLL], 1]);
  });

  it('is replaced by a new session after a poll whose answer was lost', async () => {
    await read();
    service.deploy(PLACE, '{"a":2}');
    clock.freeze(MINUTE_MS);
    service.intervene((process) => {
      process();
      return lost();
    });
    await expect(read()).rejects.toThrow(SourceTimeoutError);

    expect(textOf(await read())).toBe('*/* application/json {"a":2}');
    expect(service.operations).toEqual([START, POLL, POLL, POLL, START, POLL]);
  });

  it('is dropped after two lost polls', async () => {
    await read();
    clock.freeze(MINUTE_MS);
    service.intervene(lost, lost);
    await expect(read()).rejects.toThrow(SourceTimeoutError);
    await expect(read()).rejects.toThrow(SourceTimeoutError);
    await read();

    expect(service.operations.slice(2)).toEqual([POLL, POLL, START, POLL]);
  });

  it('is trusted again after a poll succeeded', async () => {
    await read();
    for (let round = 0; round < 3; round += 1) {
      clock.freeze(MINUTE_MS);
      service.intervene(lost);
      await expect(read()).rejects.toThrow(SourceTimeoutError);
      await read();
    }

    expect(service.operations.filter((operation) => operation === START)).toHaveLength(1);
  });

  const refusal = () => service.failure(403, 'AccessDeniedException');
  const throttling = () => service.failure(429, 'ThrottlingException');
  const unreachable = (): never => {
    throw new NotForwardedError('AppConfig cannot be reached: ENOTFOUND');
  };
  const withoutCredentials = (): never => {
    throw new NoCredentialsError(new Error('none'));
  };
  it.each([
    ['refused', refusal],
    ['throttled', throttling],
    ['not sent', unreachable],
    ['not signed', withoutCredentials],
  ])('survives any number of polls that were %s', async (_, intervention) => {
    await read();
    clock.freeze(MINUTE_MS);
    for (let round = 0; round < 3; round += 1) {
      service.intervene(intervention);
      await expect(read()).rejects.toThrow();
    }
    await read();

    expect(service.operations).toEqual([START, POLL, POLL, POLL, POLL, POLL]);
  });
});

describe('reads at the same time', () => {
  it('poll one after the other, and all but the first return what it returned', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => read()));

    expect(service.operations).toEqual([START, POLL]);
    expect(service.mostAtOnce).toBe(1);
    expect(new Set(answers.map(textOf))).toEqual(new Set(['*/* application/json {"a":1}']));
  });

  it('do not fail with the read before them', async () => {
    service.intervene(lost);
    const [first, second] = await Promise.allSettled([read(), read()]);

    expect([first?.status, second?.status]).toEqual(['rejected', 'fulfilled']);
    expect(service.mostAtOnce).toBe(1);
  });

  it('make no call for a reader that has given up', async () => {
    const reader = new AbortController();
    service.intervene(lost);
    const both = Promise.allSettled([read(), read(reader.signal)]);
    reader.abort();

    expect(await both).toMatchObject([{ status: 'rejected' }, { reason: expect.any(SourceTimeoutError) }]);
    expect(service.operations).toEqual([START]);
  });

  it('of two environments each get their own configuration', async () => {
    const environments = ['test', 'prod'];
    for (const environment of environments)
      service.deploy(`eu-west-1/shop/${environment}/flags`, environment);
    const keys = environments.map((environment) =>
      configurationKey('appconfig', { application: 'shop', environment, profile: 'flags' }),
    );
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(keys.map((each) => read(undefined, each)));
      expect(answers.map(textOf)).toEqual([expect.stringMatching(/test$/), expect.stringMatching(/prod$/)]);
      clock.freeze(MINUTE_MS);
    }

    expect(service.operations.filter((operation) => operation === START)).toHaveLength(2);
  });
});

describe('the region', () => {
  it('is that of the group, else that of the function', async () => {
    service.deploy('us-east-1/shop/prod/flags', 'of us-east-1');
    const groups = [
      { name: 'appconfig', pollIntervalMs: 45_000 },
      { name: 'elsewhere', pollIntervalMs: 45_000, region: 'us-east-1' },
    ];
    source = new AppConfigItemSource({ client: service, clock, groups, region: 'eu-west-1' });
    const elsewhere = configurationKey('elsewhere', {
      application: 'shop',
      environment: 'prod',
      profile: 'flags',
    });

    expect(textOf(await read())).toContain('{"a":1}');
    expect(textOf(await read(undefined, elsewhere))).toContain('of us-east-1');
  });

  it('is named as missing if neither is known', async () => {
    source = new AppConfigItemSource({
      client: service,
      clock,
      groups: [{ name: 'appconfig', pollIntervalMs: 45_000 }],
    });

    await expect(read()).rejects.toThrow(SourceRefusedError);
    expect(service.requests).toEqual([]);
  });
});

describe('many configurations', () => {
  const keysOf = (count: number, text: string) =>
    Array.from({ length: count }, (_, index) => {
      service.deploy(`eu-west-1/shop/prod/p${index}`, text);
      return configurationKey('appconfig', {
        application: 'shop',
        environment: 'prod',
        profile: `p${index}`,
      });
    });
  const readEach = async (keys: readonly EntryKey[]) => {
    for (const each of keys) await read(undefined, each);
  };

  it('keep 1,024 sessions, and end the one that was not used for the longest time', async () => {
    const keys = keysOf(1025, 'x');
    await readEach([...keys.slice(0, 1023), ...keys.slice(0, 1), ...keys.slice(1023)]);
    expect(service.receives).toBe(1025);

    await readEach(keys.slice(0, 1));
    expect(service.receives).toBe(1025);
    await readEach(keys.slice(1, 2));
    expect(service.receives).toBe(1026);
  });

  it('keep about 32 MiB, and end the sessions that were not used for the longest time', async () => {
    const keys = keysOf(7, 'x'.repeat(6 * 1024 * 1024));
    await readEach(keys);
    expect(service.receives).toBe(7);

    await readEach(keys.slice(1));
    expect(service.receives).toBe(7);
    await readEach(keys.slice(0, 1));
    expect(service.receives).toBe(8);
  });

  it('end no session that is being read', async () => {
    const keys = keysOf(1026, 'x');
    await Promise.all(keys.map((each) => read(undefined, each)));
    await readEach(keys.slice(0, 1));

    expect(service.receives).toBe(1026);
  });
});

describe('failures', () => {
  const thrown = (error: Error) => (): never => {
    throw error;
  };
  it.each([
    ['access denied', () => service.failure(403, 'AccessDeniedException'), SourceRefusedError],
    ['a session that is not valid', () => service.failure(400, 'BadRequestException'), SourceRefusedError],
    ['throttling by name', () => service.failure(400, 'ThrottlingException'), SourceThrottledError],
    ['throttling by status', () => service.failure(429, 'TooManyRequests'), SourceThrottledError],
    [
      'a failure of the service',
      () => service.failure(500, 'InternalServerException'),
      SourceUnavailableError,
    ],
    ['a page of another program', () => service.response(403, {}, '<html>'), SourceUnavailableError],
    ['a success without a token', () => service.response(201, {}, '{}'), SourceUnavailableError],
    ['a success that is not JSON', () => service.response(201, {}, 'null,'), SourceUnavailableError],
    [
      'a success of another kind',
      () => service.response(200, {}, '{"InitialConfigurationToken":"t"}'),
      SourceUnavailableError,
    ],
    ['a lost connection', thrown(new SourceConnectionError('lost')), SourceConnectionError],
    ['an unreachable host', thrown(new NotForwardedError('unreachable')), SourceConnectionError],
    ['a time-out', thrown(TIMED_OUT), SourceTimeoutError],
    ['missing credentials', thrown(new NoCredentialsError(new Error('none'))), SourceUnavailableError],
    ['a request that cannot be made', thrown(new TypeError('no')), SourceUnavailableError],
  ])('are of the right kind: %s', async (_, intervention, kind) => {
    service.intervene(intervention);

    await expect(read()).rejects.toBeInstanceOf(kind);
  });

  it('close the connection of an answer to a poll that cannot be used', async () => {
    service.intervene(
      (process) => process(),
      () => service.response(200, {}, '<html>'),
    );

    await expect(read()).rejects.toBeInstanceOf(SourceUnavailableError);
    expect(service.discarded).toBe(1);
  });

  it.each(['gzip', 'BR', 'identity, gzip'])(
    'include a configuration in the content coding %s',
    async (coding) => {
      const encoded = () =>
        service.response(
          200,
          { 'content-encoding': coding, 'next-poll-configuration-token': 'next' },
          new Uint8Array([0x1f, 0x8b]),
        );
      service.intervene((process) => process(), encoded);

      await expect(read()).rejects.toBeInstanceOf(SourceUnavailableError);
      expect(service.discarded).toBe(1);
      expect(textOf(await read())).toMatch(/\{"a":1\}$/);
    },
  );

  it.each(['identity', 'Identity', ''])('do not include the content coding "%s"', async (coding) => {
    const plain = (process: () => WholeResponse): WholeResponse => {
      const response = process();
      return { ...response, headers: { ...response.headers, 'content-encoding': coding } };
    };
    service.intervene((process) => process(), plain);

    expect(textOf(await read())).toMatch(/\{"a":1\}$/);
  });

  it('name the operation, and neither the configuration nor the token', async () => {
    service.intervene(
      (process) => process(),
      () => service.failure(403, 'AccessDeniedException'),
    );

    await expect(read()).rejects.toThrow(
      "AppConfig refused GetLatestConfiguration of a configuration: access denied, the function's role needs appconfig:GetLatestConfiguration on the configuration, and kms:Decrypt if a customer managed key encrypts it",
    );
  });

  it('are those of the caller if it ended the call', async () => {
    const reader = new AbortController();
    const deadline = new DeadlineExceededError('too late');
    service.intervene(() => {
      reader.abort(deadline);
      throw new Error('the call was aborted');
    });

    await expect(read(reader.signal)).rejects.toBe(deadline);
  });
});

it('closes idle connections of its client', () => {
  source.dropConnections();

  expect(service.idleCloses).toBe(1);
});
