import { describe, expect, it } from '@jest/globals';
import { Observations } from '../../../src/application/status/report-status.ts';

describe('Observations', () => {
  it('have no counts for a group before its first read', () => {
    expect(new Observations().report()).toEqual([]);
  });

  it('count the hits, the right ones among them, and the read units that they would have saved', () => {
    const observations = new Observations();
    observations.missed('Products');
    observations.hit('Products', true, 0.5);
    observations.hit('Products', false, 1.5);
    observations.missed('Products');

    expect(observations.report()).toEqual([
      { group: 'Products', reads: 4, hits: 2, right: 1, savedUnits: 2 },
    ]);
  });

  it('are kept for each group, in the order of first reads', () => {
    const observations = new Observations();
    observations.hit('Products', true, 0.5);
    observations.missed('Orders');

    expect(observations.report()).toEqual([
      { group: 'Products', reads: 1, hits: 1, right: 1, savedUnits: 0.5 },
      { group: 'Orders', reads: 1, hits: 0, right: 0, savedUnits: 0 },
    ]);
  });
});
