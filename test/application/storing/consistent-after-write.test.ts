import { describe, expect, it } from '@jest/globals';
import { consistentAfterWrite, RecentWrites } from '../../../src/application/storing/recent-writes.ts';
import { ElapsedTime } from '../../../src/application/time/elapsed-time.ts';
import { keyOf, PLAIN, WRITE_LIMITS } from '../../support/application/create-application.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { FakeItemSource } from '../../support/fakes/fake-item-source.ts';

const [a, b] = [keyOf('a'), keyOf('b')];
const want = { contentTypes: [PLAIN], signal: new AbortController().signal };
const cursor = { part: 0, parts: 1 };

const withSource = () => {
  const clock = new FakeClock();
  const marks = new RecentWrites(new ElapsedTime(clock), WRITE_LIMITS);
  const source = new FakeItemSource(clock, 7);
  const lastWant = () => source.calls.at(-1)?.want;
  return { marks, source, lastWant, marked: consistentAfterWrite(source, marks) };
};

describe('consistentAfterWrite', () => {
  it('forwards options unchanged if nothing was written', async () => {
    const { marked, source, lastWant } = withSource();

    await marked.read(a, want);
    expect(lastWant()).toBe(want);
    await marked.readMany?.([a, b], want);
    expect(lastWant()).toBe(want);
    await marked.readGroup?.('Products', cursor, want);
    expect(lastWant()).toBe(want);
    expect(source.calls.map(({ method }) => method)).toEqual(['read', 'readMany', 'readGroup']);
  });

  it('reads consistently with each method if any key was written recently', async () => {
    const { marked, marks, lastWant } = withSource();
    marks.begin({ group: 'Products', key: b })('applied');

    await marked.read(b, want);
    expect(lastWant()).toEqual({ ...want, consistent: true });
    await marked.readMany?.([a, b], want);
    expect(lastWant()).toEqual({ ...want, consistent: true });
    await marked.readGroup?.('Products', cursor, want);
    expect(lastWant()).toEqual({ ...want, consistent: true });
    await marked.read(a, want);
    expect(lastWant()).toBe(want);
    await marked.readGroup?.('Others', cursor, want);
    expect(lastWant()).toBe(want);
  });

  it('has exactly the methods of the source', () => {
    const { source, marks } = withSource();

    expect(Object.keys(consistentAfterWrite(source.oneByOne(), marks))).toEqual(['read']);
  });
});
