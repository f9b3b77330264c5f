import { describe, expect, it } from '@jest/globals';
import { checkedSlotMap, UnusableReplyError } from '../../../src/adapters/valkey/reply-guard.ts';

const NODE = ['10.0.0.1', 6379, 'id', []];

describe('the slots of a cluster', () => {
  it.each<readonly [string, unknown]>([
    ['no range', []],
    ['one range', [[0, 16_383, NODE]]],
    [
      'ranges with replicas',
      [
        [0, 5, NODE, ['host', 1, 'id']],
        [6, 16_383, ['host', 65_535]],
      ],
    ],
    ['a replica whose host is unknown', [[0, 16_383, NODE, [null, 6379, 'id']]]],
  ])('may be %s', (_, answer) => {
    expect(checkedSlotMap(answer)).toBe(answer);
  });

  it.each<readonly [string, unknown]>([
    ['null', null],
    ['a text', 'OK'],
    ['null for a range', [null]],
    ['null for a node', [[0, 1, null]]],
    ['a range without nodes', [[0, 1]]],
    ['a range whose hosts are unknown', [[0, 1, [null, 6379], ['', 6379]]]],
    ['a number for a host', [[0, 1, [7, 6379]]]],
    ['a text for a port', [[0, 1, ['host', '6379']]]],
    ['port 0', [[0, 1, ['host', 0]]]],
    ['a port that is too high', [[0, 1, ['host', 65_536]]]],
    ['texts for slots', [['0', '1', NODE]]],
    ['a slot below 0', [[-1, 1, NODE]]],
    ['a slot that is too high', [[0, 16_384, NODE]]],
    ['a slot that is not whole', [[0.5, 1, NODE]]],
    ['a range that ends before it begins', [[1, 0, NODE]]],
    [
      'more slots than there are',
      [
        [0, 16_383, NODE],
        [5, 5, NODE],
      ],
    ],
    ['more nodes than it may have', [[0, 1, ...Array.from({ length: 1_001 }, (_, n) => [`h${n}`, 1])]]],
  ])('may not be %s', (_, answer) => {
    expect(() => checkedSlotMap(answer)).toThrow(UnusableReplyError);
  });
});
