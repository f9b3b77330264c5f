import { describe, expect, it } from '@jest/globals';
import { ServiceError } from '../../../src/adapters/aws/service-errors.ts';
import { TableKeys } from '../../../src/adapters/dynamodb-stream/table-keys.ts';
import type { KeyNames } from '../../../src/domain/dynamodb/model/recorded-key.ts';
import { RecordingLogger } from '../../support/fakes/recording-logger.ts';

const described = (...names: readonly string[]): object => ({
  Table: {
    // In any order.
    KeySchema: names
      .map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' }))
      .reverse(),
  },
});

/** @param answer of DescribeTable; an `Error` rejects */
const world = (configured: KeyNames, answer: object) => {
  const calls: unknown[] = [];
  const logger = new RecordingLogger();
  const upstream = {
    send: async (call: object, region: string | undefined) => {
      calls.push([call, region]);
      if (answer instanceof Error) throw answer;
      return new TextEncoder().encode(JSON.stringify(answer));
    },
  };
  const keys = new TableKeys({ upstream, configured, timeoutMs: 1000, logger });
  return { calls, logger, of: (table = 'Products') => keys.of(table, 'eu-west-1') };
};

describe('the keys of streamed tables', () => {
  it('are asked for once for each table', async () => {
    const { of, calls, logger } = world({ hash: 'pk', sort: 'sk' }, described('pk', 'sk'));

    expect(await Promise.all([of(), of(), of('Others')])).toEqual(Array(3).fill({ hash: 'pk', sort: 'sk' }));
    expect(calls).toEqual(
      ['Products', 'Others'].map((TableName) => [
        { operation: 'DescribeTable', input: { TableName } },
        'eu-west-1',
      ]),
    );
    expect(logger.lines).toEqual([]);
  });

  it.each([
    ['exchanged names', { hash: 'sk', sort: 'pk' }, ['pk', 'sk'], { hash: 'pk', sort: 'sk' }],
    ['other names', { hash: 'id' }, ['pk'], { hash: 'pk' }],
    ['a sort key too many', { hash: 'pk', sort: 'sk' }, ['pk'], { hash: 'pk' }],
  ])('are those of the table, with an error, if the setting has %s', async (_, configured, names, used) => {
    const { of, logger } = world(configured, described(...names));

    expect(await of()).toEqual(used);
    expect(logger.at('error')).toMatchObject([{ fields: { table: 'Products', used: names.join(',') } }]);
  });

  it('are those of the setting if the permission is missing, which is logged once', async () => {
    const { of, calls, logger } = world({ hash: 'pk' }, new ServiceError('AccessDeniedException', 400));

    expect([await of(), await of()]).toEqual([{ hash: 'pk' }, { hash: 'pk' }]);
    expect([calls.length, logger.at('warn').length]).toEqual([1, 1]);
  });

  it.each([
    ['the call is throttled', new ServiceError('ThrottlingException', 400)],
    ['the call takes too long', new DOMException('aborted', 'TimeoutError')],
    ['the answer is another', { Table: {} }],
  ])('are those of the setting until the next batch if %s', async (_, answer) => {
    const { of, calls, logger } = world({ hash: 'pk' }, answer);

    expect([await of(), await of()]).toEqual([{ hash: 'pk' }, { hash: 'pk' }]);
    expect([calls.length, logger.at('warn').length]).toEqual([2, 2]);
  });
});
