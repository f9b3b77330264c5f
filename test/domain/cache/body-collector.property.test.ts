import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BodyCollector } from '../../../src/domain/cache/body-collector.ts';

const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40_000 })), {
  maxLength: 60,
});

it('returns all pieces in order, whatever their sizes', () => {
  fc.assert(
    fc.property(sizes, (lengths) => {
      const collector = new BodyCollector(Number.POSITIVE_INFINITY);
      const pieces = lengths.map((length, index) => new Uint8Array(length).fill(index));
      for (const piece of pieces) expect(collector.add(piece)).toBe(true);

      expect(Buffer.compare(Buffer.from(collector.whole()), Buffer.concat(pieces))).toBe(0);
    }),
  );
});

it('refuses the first piece that makes the body longer than the limit', () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 100_000 }), (lengths, limit) => {
      const collector = new BodyCollector(limit);
      let sum = 0;
      for (const length of lengths) {
        expect(collector.add(new Uint8Array(length))).toBe(sum + length <= limit);
        if (sum + length > limit) break;
        sum += length;
      }

      expect(collector.whole()).toHaveLength(sum);
    }),
  );
});
