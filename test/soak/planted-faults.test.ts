import { afterAll, describe, expect, it } from '@jest/globals';
import { PLANTED_FAULTS } from './planted-faults.ts';
import { PlantedProgram } from './planted-program.ts';

/** A fault must show within so many requests. */
const REQUESTS = 20_000;

describe('the soak', () => {
  // Tests that run side by side begin before any hook.
  const planted = new PlantedProgram();

  afterAll(() => planted.remove());

  it('finds nothing wrong with the program as it is', async () => {
    const { status, output } = await planted.run(planted.plant(), REQUESTS);

    expect(output).toContain('Every answer was one of those that are allowed.');
    expect(status).toBe(0);
  }, 120_000);

  it.concurrent.each(PLANTED_FAULTS)(
    'notices that $name',
    async ({ complaint, ...fault }) => {
      const { status, output } = await planted.run(planted.plant(fault), REQUESTS);

      expect(output).toMatch(complaint);
      expect(status).toBe(1);
    },
    120_000,
  );

  it('refuses to plant a fault in what is not there', () => {
    const fault = { file: 'src/application/storing/fence.ts', text: 'no such text', replacement: '' };

    expect(() => planted.plant(fault)).toThrow('does not say exactly once');
  });
});
