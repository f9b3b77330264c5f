import { describe, expect, it } from '@jest/globals';
import { TYPED } from '../../support/application/create-application.ts';
import { serveEndpoint, thing } from '../../support/application/served-endpoint.ts';

const put = { TableName: 'Things', Item: thing('a').Key };
const batch = { RequestItems: { Things: { Keys: [thing('a').Key] } } };

describe('ServeOperations', () => {
  it.each([
    ['PutItem', put, 'write'],
    ['ExecuteStatement', { Statement: 'DELETE what' }, 'write'],
    ['Scan', { TableName: 'Things' }, 'other_operation'],
    ['DescribeTable', { TableName: 'Things' }, 'other_operation'],
  ])('forwards %s %j, and counts it as %s', async (operation, request, reason) => {
    const endpoint = serveEndpoint(async () => ({}));
    await endpoint.ask(operation, request);

    expect(endpoint.passed.map((each) => each.operation)).toEqual([operation]);
    expect(endpoint.forwards.snapshot()).toEqual({ [reason]: 1 });
  });

  it.each([
    ['GetItem', thing('a')],
    ['BatchGetItem', batch],
    ['Query', { TableName: 'Things' }],
  ])(
    'forwards %s with another content type, or a body too large to be parsed',
    async (operation, request) => {
      const endpoint = serveEndpoint(async () => ({}), { queryTtlMs: 60_000 });
      const parts = {
        operation,
        body: new TextEncoder().encode(JSON.stringify(request)),
        signal: new AbortController().signal,
        caller: { region: 'eu-west-1' },
      };
      await endpoint.operations.execute({ ...parts, headers: new Headers({ 'content-type': 'text/plain' }) });
      await endpoint.operations.execute({
        ...parts,
        headers: new Headers({ 'content-type': TYPED }),
        outline: new Uint8Array(),
      });

      expect(endpoint.passed).toHaveLength(2);
      expect(endpoint.forwards.snapshot()).toEqual({ content_type: 1, too_large: 1 });
    },
  );

  it('answers DescribeEndpoints with an empty list, so that no client bypasses the extension', async () => {
    const endpoint = serveEndpoint(async () => ({}));

    expect(await endpoint.ask('DescribeEndpoints', {})).toBe('{"Endpoints":[]}');
    expect([endpoint.passed, endpoint.forwards.snapshot()]).toEqual([[], {}]);
  });
});
