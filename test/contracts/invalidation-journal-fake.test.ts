import { SourceConnectionError, SourceRefusedError } from '../../src/domain/cache/errors.ts';
import { InMemoryJournal } from '../support/fakes/in-memory-journal.ts';
import { runJournalContract } from './invalidation-journal.contract.ts';

runJournalContract({
  name: 'InMemoryJournal',
  retries: false,
  start: async () => {
    const shared = new InMemoryJournal();
    const journals: InMemoryJournal[] = [];
    const each = (act: (journal: InMemoryJournal) => void): void => {
      for (const journal of journals) act(journal);
    };
    return {
      journal: (settings) => {
        const journal = shared.another(settings);
        journals.push(journal);
        return journal;
      },
      reset: async () => shared.reset(),
      hold: () => {
        const [journal = shared] = journals;
        return journal.hold();
      },
      throttle: () => each((journal) => journal.throttle()),
      loseNextAnswer: () => each((journal) => journal.loseNextAnswer('announce')),
      refuse: () => each((journal) => journal.failWith(new SourceRefusedError('access denied'))),
      disconnect: async () => each((journal) => journal.failWith(new SourceConnectionError('no connection'))),
      close: async () => each((journal) => journal.heal()),
    };
  },
});
