import { describe, expect, it } from '@jest/globals';
import { createApplication, groupOf, keyOf, PLAIN } from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('every read that fills the cache', () => {
  it('rule 10: uses the one source, which knows how to read the group', async () => {
    const keys = [keyOf('listed')];
    const { read, source, preload, refresh, clock } = createApplication({
      groups: [groupOf('Products', {}, { keys, everything: true })],
    });
    for (const each of [...keys, key]) source.put(each, 'v1');
    await preload.run();
    expect(source.countOf('readMany')).toBe(1);
    expect(source.countOf('readGroup')).toBeGreaterThanOrEqual(1);
    await clock.advance(59_000);
    for (const each of [...keys, key]) await read(each);
    await refresh.runBatch();
    expect(source.countOf('readMany')).toBe(2);
    await read(keyOf('other'));
    expect(source.countOf('read')).toBe(1);

    const groups = source.calls.flatMap((call) => {
      if (call.method === 'readGroup') return [call.group];
      return call.method === 'read' ? [call.key.group] : call.keys.map(({ group }) => group);
    });
    expect(new Set(groups)).toEqual(new Set(['Products']));
    expect(source.calls.every(({ want }) => want.contentTypes.join() === PLAIN)).toBe(true);
  });
});
