import { describe, expect, it } from '@jest/globals';
import { KeyRing } from '../../../src/adapters/dynamodb/key-ring.ts';
import { Sigv4CallerRecogniser } from '../../../src/adapters/dynamodb/sigv4-caller-recogniser.ts';
import { NotForwardedError, OperationRefusedError } from '../../../src/ports/wire-errors.ts';
import type { WireRequest } from '../../../src/ports/wire-operations.ts';
import { signedBy } from '../../support/endpoint/raw-exchange.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

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
    const options = { verifies: false, account };
    return new Sigv4CallerRecogniser(new KeyRing(this.provider), new FakeClock(), options);
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
});
