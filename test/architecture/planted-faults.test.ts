import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { FLEET_FAULTS } from '../planted/fleet-faults.ts';
import { PROPERTY_FAULTS } from '../planted/property-faults.ts';
import { PLANTED_FAULTS } from '../soak/planted-faults.ts';

const root = new URL('../../', import.meta.url);

describe('every fault that is planted to see tests fail', () => {
  it.each([...PROPERTY_FAULTS, ...FLEET_FAULTS, ...PLANTED_FAULTS])(
    'has its place in $file: $name',
    ({ file, text }) => {
      expect(readFileSync(new URL(file, root), 'utf8').split(text)).toHaveLength(2);
    },
  );
});
