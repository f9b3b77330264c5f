import { describe, expect, it } from '@jest/globals';
import { DeferredOperations } from '../../src/bootstrap/deferred.ts';
import type { IncomingOperation, WireOperations } from '../../src/ports/inbound/wire-operations.ts';

const request: IncomingOperation = {
  operation: 'GetItem',
  headers: new Headers(),
  signal: new AbortController().signal,
  read: async () => new Uint8Array(),
};
const answer = { status: 200, headers: {}, body: new Uint8Array() };
const operations: WireOperations = {
  execute: async ({ operation }) => ({ ...answer, headers: { operation } }),
};

describe('deferred operations', () => {
  it('are loaded once, with the first of them, and do them all', async () => {
    let loads = 0;
    const deferred = new DeferredOperations(async () => {
      loads += 1;
      return operations;
    });
    expect(loads).toBe(0);

    const answers = await Promise.all([deferred.execute(request), deferred.execute(request)]);

    expect(answers.map(({ headers }) => headers)).toEqual([
      { operation: 'GetItem' },
      { operation: 'GetItem' },
    ]);
    expect(loads).toBe(1);
  });

  it('answer when they are loaded', async () => {
    const deferred = new DeferredOperations(async () => operations);
    await deferred.load();

    expect(await deferred.execute(request)).toEqual({ ...answer, headers: { operation: 'GetItem' } });
  });

  it('are loaded anew after a failure', async () => {
    const attempts = [() => Promise.reject(new Error('no such file')), () => Promise.resolve(operations)];
    const deferred = new DeferredOperations(() => attempts.shift()?.() ?? Promise.reject(new Error('again')));

    await expect(deferred.execute(request)).rejects.toThrow('no such file');
    expect(await deferred.execute(request)).toMatchObject({ status: 200 });
  });
});
