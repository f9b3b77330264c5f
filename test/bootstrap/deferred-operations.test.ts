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

describe('DeferredOperations', () => {
  it('loads the operations once, with the first request, and executes all requests', async () => {
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

  it('executes requests after load()', async () => {
    const deferred = new DeferredOperations(async () => operations);
    await deferred.load();

    expect(await deferred.execute(request)).toEqual({ ...answer, headers: { operation: 'GetItem' } });
  });

  it('retries the load after a failure', async () => {
    const attempts = [() => Promise.reject(new Error('no such file')), () => Promise.resolve(operations)];
    const deferred = new DeferredOperations(() => attempts.shift()?.() ?? Promise.reject(new Error('again')));

    await expect(deferred.execute(request)).rejects.toThrow('no such file');
    expect(await deferred.execute(request)).toMatchObject({ status: 200 });
  });
});
