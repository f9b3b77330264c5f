import { InMemorySharedEntries } from '../support/fakes/in-memory-shared-entries.ts';
import { runSharedEntriesContract } from './shared-entries.contract.ts';

runSharedEntriesContract({
  name: 'InMemorySharedEntries',
  start: async () => {
    const shared = new InMemorySharedEntries(() => performance.now());
    const all: InMemorySharedEntries[] = [];
    const turn = (state: InMemorySharedEntries['state']): void => {
      for (const entries of all) entries.state = state;
    };
    return {
      entries: () => {
        const entries = shared.another();
        all.push(entries);
        return entries;
      },
      pause: () => turn('hangs'),
      resume: () => turn('works'),
      stop: async () => {
        turn('fails');
        shared.flush();
      },
      startAgain: async () => turn('works'),
      flush: async () => shared.flush(),
      close: async () => undefined,
    };
  },
});
