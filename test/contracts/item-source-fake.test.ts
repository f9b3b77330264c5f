import { EntryKey } from '../../src/domain/cache/cache-entry.ts';
import { SourceConnectionError, SourceRefusedError } from '../../src/domain/cache/errors.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { FakeItemSource } from '../support/fakes/fake-item-source.ts';
import { runItemSourceContract } from './item-source.contract.ts';

const CONTENT_TYPES = ['text/plain', 'text/html'] as const;

runItemSourceContract({
  name: 'FakeItemSource',
  start: async () => {
    const clock = new FakeClock();
    const source = new FakeItemSource(clock);
    return {
      source,
      clock,
      contentTypes: CONTENT_TYPES,
      group: 'Things',
      keyOf: (id) => new EntryKey('Things', id),
      put: async (key, bytes) => {
        const content = { 'text/plain': 'x'.repeat(bytes), 'text/html': `<p>${bytes}</p>` };
        source.put(key, content);
        return content;
      },
      remove: async (key) => source.remove(key),
      calls: () => source.calls.length,
      hold: () => source.hold(),
      refuse: async () => source.failWith(new SourceRefusedError('no such group')),
      disconnect: async () =>
        source.failWith(new SourceConnectionError('no connection', { cause: new Error('ECONNREFUSED') })),
      close: async () => {},
    };
  },
});
