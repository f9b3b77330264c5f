import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { watchStorages } from './watch-storages.cjs';

describe('watched storages', () => {
  it('hold nothing once they are disabled, however they were entered', () => {
    // Jest's own must stay enabled.
    class Storage<T> extends AsyncLocalStorage<T> {}
    const disable = watchStorages(Storage);
    const [byRun, byEnterWith] = [new Storage<string>(), new Storage<string>()];
    byEnterWith.enterWith('entered');

    byRun.run('run', () => {
      expect([byRun.getStore(), byEnterWith.getStore()]).toEqual(['run', 'entered']);
      disable();
      expect([byRun.getStore(), byEnterWith.getStore()]).toEqual([undefined, undefined]);
    });
  });
});
