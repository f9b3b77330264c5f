import { describe, expect, it } from '@jest/globals';
import { createApplication, groupOf, unreachable } from '../../support/application/create-application.ts';

const serving = () => {
  const app = createApplication({ groups: ['Products', 'Orders'].map((name) => groupOf(name)) });
  const forwarded: string[] = [];
  /** A forwarded read that fails, and that `stale` may answer. */
  const read = (stale: string | undefined, ...groups: readonly string[]): Promise<string> =>
    app.forwardedReads.answer({
      groups,
      forward: () => {
        forwarded.push(groups.join());
        return Promise.reject(unreachable());
      },
      stale: () => stale,
      isFailure: () => false,
      drain: () => Promise.resolve(),
    });
  const openCircuit = async (group: string) => {
    for (let count = 0; count < 3; count += 1) await expect(read(undefined, group)).rejects.toThrow();
    forwarded.length = 0;
  };
  return { ...app, forwarded, read, openCircuit };
};

describe('ForwardedReads', () => {
  it('keeps the probe of a group if a read of several groups must wait for that of another one', async () => {
    const { clock, forwarded, read, openCircuit } = serving();
    await openCircuit('Products');
    await clock.advance(500);
    await openCircuit('Orders');
    await clock.advance(500);
    await read('stale', 'Products', 'Orders');
    expect(forwarded).toEqual([]);
    await read('stale', 'Products');

    expect(forwarded).toEqual(['Products']);
  });

  it('probes several groups with one read', async () => {
    const { clock, forwarded, read, openCircuit } = serving();
    await openCircuit('Products');
    await openCircuit('Orders');
    await clock.advance(1_000);
    for (const groups of [['Products', 'Orders'], ['Products'], ['Orders']]) await read('stale', ...groups);

    expect(forwarded).toEqual(['Products,Orders']);
  });

  it('counts a lost contact once if a read names a group twice', async () => {
    const { forwarded, read } = serving();
    for (const _ of [1, 2]) await expect(read(undefined, 'Products', 'Products')).rejects.toThrow();
    forwarded.length = 0;
    await expect(read('stale', 'Products')).resolves.toBe('stale');

    expect(forwarded).toEqual(['Products']);
  });
});
