import { describe, expect, it } from '@jest/globals';
import { CredentialCache } from '../../../../src/adapters/aws/credentials/credentials.ts';
import { Sigv4CallerRecogniser } from '../../../../src/adapters/aws/sigv4/sigv4-caller-recogniser.ts';
import {
  NotForwardedError,
  OperationRefusedError,
  type WireRequest,
} from '../../../../src/ports/inbound/wire-operations.ts';
import { signedBy } from '../../../support/dynamodb/wire.ts';
import { FakeClock } from '../../../support/fakes/fake-clock.ts';

const requestOf = (accessKeyId: string): WireRequest => ({
  operation: 'GetItem',
  headers: new Headers({ authorization: signedBy(accessKeyId) }),
  body: new Uint8Array(),
  signal: new AbortController().signal,
});

/** Gives out one key after the other, the next whenever it is asked anew. */
class Rotation {
  readonly asked: boolean[] = [];
  keys: readonly string[];
  fails = false;
  readonly clock = new FakeClock();

  constructor(...keys: readonly string[]) {
    this.keys = keys;
  }

  readonly provider = async (renewed: boolean) => {
    this.asked.push(renewed);
    if (this.fails) throw new Error('nothing to be had');
    if (renewed && this.keys.length > 1) this.keys = this.keys.slice(1);
    return { accessKeyId: this.keys[0] ?? '', secretAccessKey: 'secret', accountId: '123456789012' };
  };

  recogniser(account?: string): Sigv4CallerRecogniser {
    const options = { service: 'dynamodb', serviceName: 'DynamoDB', verifies: false, account };
    return new Sigv4CallerRecogniser(new CredentialCache(this.provider, this.clock), this.clock, options);
  }
}

describe('Sigv4CallerRecogniser', () => {
  it('knows who signs with what our provider gives, and tells the region and the account', async () => {
    const caller = await new Rotation('ours').recogniser().recognise(requestOf('ours'));

    expect(caller).toEqual({ region: 'us-east-1', account: '123456789012' });
  });

  it('believes the surroundings rather than the credentials about the account', async () => {
    const caller = await new Rotation('ours').recogniser('210987654321').recognise(requestOf('ours'));

    expect(caller).toEqual({ region: 'us-east-1', account: '210987654321' });
  });

  it('answers at once for a key that it knows', async () => {
    const rotation = new Rotation('ours');
    const recogniser = rotation.recogniser();
    await recogniser.recognise(requestOf('ours'));

    expect(recogniser.recognise(requestOf('ours'))).toMatchObject({ region: 'us-east-1' });
    expect(rotation.asked).toEqual([false]);
  });

  it('asks the provider once more for a key that it does not know, which may have rotated', async () => {
    const rotation = new Rotation('old', 'new');
    const recogniser = rotation.recogniser();
    await recogniser.recognise(requestOf('old'));
    await recogniser.recognise(requestOf('new'));

    expect(rotation.asked).toEqual([false, true]);
  });

  it('goes on to know every key that the provider has given', async () => {
    const recogniser = new Rotation('old', 'new').recogniser();
    await recogniser.recognise(requestOf('old'));
    await recogniser.recognise(requestOf('new'));

    expect(recogniser.recognise(requestOf('old'))).toMatchObject({ region: 'us-east-1' });
  });

  it('refuses a key that is not ours even then', async () => {
    const rotation = new Rotation('ours');
    const recognised = rotation.recogniser().recognise(requestOf('theirs'));

    await expect(recognised).rejects.toBeInstanceOf(OperationRefusedError);
    expect(rotation.asked).toEqual([false, true]);
  });

  it('asks the provider once for all who are unknown at a time', async () => {
    const rotation = new Rotation('ours');
    const recogniser = rotation.recogniser();
    const refusals = await Promise.allSettled(
      ['a', 'b', 'c'].map(async (id) => recogniser.recognise(requestOf(id))),
    );

    expect(refusals.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(rotation.asked.filter((renewed) => renewed)).toHaveLength(1);
  });

  it('calls it no refusal if the provider has nothing to give', async () => {
    const rotation = new Rotation('ours');
    rotation.fails = true;

    await expect(rotation.recogniser().recognise(requestOf('ours'))).rejects.toBeInstanceOf(
      NotForwardedError,
    );
  });

  it('asks for credentials at most once a second, however many unknown keys are tried', async () => {
    const rotation = new Rotation('ours');
    const recogniser = rotation.recogniser();
    const refusals: Promise<unknown>[] = [];
    for (let number = 0; number < 100; number += 1) {
      const recognised = Promise.resolve(recogniser.recognise(requestOf(`theirs-${number}`)));
      refusals.push(recognised.catch((error: unknown) => error));
      await rotation.clock.advance(50);
    }
    await rotation.clock.advance(1000);

    for (const refusal of await Promise.all(refusals)) expect(refusal).toBeInstanceOf(OperationRefusedError);
    const renewals = rotation.asked.filter((renewed) => renewed).length;
    expect(renewals).toBeGreaterThan(1);
    expect(renewals).toBeLessThanOrEqual(6);
  });

  it('finds a key that rotates within the second after an unknown one, with the next call', async () => {
    const rotation = new Rotation('old');
    const recogniser = rotation.recogniser();
    await expect(recogniser.recognise(requestOf('theirs'))).rejects.toBeInstanceOf(OperationRefusedError);
    rotation.keys = ['old', 'new'];

    const recognised = Promise.resolve(recogniser.recognise(requestOf('new')));
    await rotation.clock.advance(1000);

    expect(await recognised).toMatchObject({ region: 'us-east-1' });
  });

  it('answers at once for a known key while unknown ones wait', async () => {
    const rotation = new Rotation('ours');
    const recogniser = rotation.recogniser();
    await recogniser.recognise(requestOf('ours'));
    await expect(recogniser.recognise(requestOf('theirs'))).rejects.toBeInstanceOf(OperationRefusedError);
    const waiting = Promise.resolve(recogniser.recognise(requestOf('theirs'))).catch(
      (error: unknown) => error,
    );

    expect(recogniser.recognise(requestOf('ours'))).toMatchObject({ region: 'us-east-1' });

    await rotation.clock.advance(1000);
    expect(await waiting).toBeInstanceOf(OperationRefusedError);
  });

  it('asks a provider that fails at most once a second, too', async () => {
    const rotation = new Rotation('ours');
    rotation.fails = true;
    const recogniser = rotation.recogniser();
    await expect(recogniser.recognise(requestOf('a'))).rejects.toBeInstanceOf(NotForwardedError);
    const waiting = ['b', 'c'].map((id) =>
      Promise.resolve(recogniser.recognise(requestOf(id))).catch((error: unknown) => error),
    );
    await rotation.clock.advance(999);
    expect(rotation.asked).toHaveLength(1);

    await rotation.clock.advance(1);

    for (const failure of await Promise.all(waiting)) expect(failure).toBeInstanceOf(NotForwardedError);
    expect(rotation.asked).toHaveLength(2);
  });
});
