import { TransportError } from '../../../src/adapters/aws/http-client/transport-error.ts';
import type { Upstream, UpstreamCall } from '../../../src/adapters/dynamodb/dynamodb-upstream.ts';

/** A DynamoDB in which every item is there that is asked for by its key, and one more in every table. */
export class RecordingUpstream implements Upstream {
  /** What was called, each once, as `operation region table`; the region is empty where the call names none. */
  readonly called = new Set<string>();
  /** Whether nobody can reach it now. */
  isAway = false;

  async send(call: UpstreamCall, region = ''): Promise<Uint8Array> {
    for (const table of tablesOf(call)) this.called.add(`${call.operation} ${region} ${table}`);
    if (this.isAway) throw new TransportError(new Error('out of reach'));
    return new TextEncoder().encode(JSON.stringify(answerTo(call)));
  }
}

const ITEM = { id: { S: 'one more' } };

const tablesOf = (call: UpstreamCall): readonly string[] =>
  call.operation === 'BatchGetItem' ? Object.keys(call.input.RequestItems) : [call.input.TableName];

const answerTo = (call: UpstreamCall): object => {
  switch (call.operation) {
    case 'GetItem':
      return { Item: call.input.Key };
    case 'BatchGetItem': {
      const requests = Object.entries(call.input.RequestItems);
      const responses = requests.map(([table, { Keys }]) => [table, Keys]);
      return { Responses: Object.fromEntries(responses), UnprocessedKeys: {} };
    }
    case 'Scan':
      return call.input.Limit === undefined
        ? { Items: call.input.Segment === 0 ? [ITEM] : [] }
        : { Items: [ITEM], LastEvaluatedKey: ITEM };
  }
};
