import { describe, expect, it } from '@jest/globals';
import { Journal } from '../../../tools/lambda-emulator/index.ts';

describe('the journal', () => {
  it('keeps what it is told in order, with times that never go back', () => {
    const journal = new Journal();
    journal.record('a', { n: 1 });
    journal.record('b');
    journal.record('a', { n: 2 });
    expect(journal.order()).toEqual(['a', 'b', 'a']);
    expect(journal.order('b')).toEqual(['b']);
    const times = journal.entries.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((x, y) => x - y));
  });

  it('opens a barrier for the n-th of a kind, past or to come', async () => {
    const journal = new Journal();
    journal.record('a', { n: 1 });
    const second = journal.when('a', 2);
    journal.record('a', { n: 2 });
    expect(await journal.when('a')).toMatchObject({ n: 1 });
    expect(await second).toMatchObject({ n: 2 });
  });

  it('opens a barrier for the first that fits', async () => {
    const journal = new Journal();
    const fits = journal.when('a', ({ n }) => n === 2);
    journal.record('a', { n: 1 });
    journal.record('a', { n: 2 });
    expect(await fits).toMatchObject({ n: 2 });
  });

  it('ends all waiting when it closes, and tells what it saw instead', async () => {
    const journal = new Journal();
    journal.record('a');
    const never = journal.when('b');
    journal.close();
    await expect(never).rejects.toThrow('never seen: b; seen: a');
  });
});
