import type { TourStep } from './tour.ts';

const TABLE = 'Tour';

const step = (title: string, operation: string, input: object): TourStep => ({ title, operation, input });
const key = (id: string) => ({ id: { S: id } });
const item = (id: string, price: string) => ({ ...key(id), price: { N: price } });
const get = (id: string) => step(`${id} is got`, 'GetItem', { TableName: TABLE, Key: key(id) });

const raise = (id: string, condition?: string) => ({
  Update: {
    TableName: TABLE,
    Key: key(id),
    UpdateExpression: 'ADD price :one',
    ExpressionAttributeValues: { ':one': { N: '1' }, ...(condition && { ':price': { N: condition } }) },
    ...(condition && {
      ConditionExpression: 'price = :price',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  },
});

/**
 * Transactions that are done, that are not, and what is read before and after them: of eight reads of an item, one whose item
 * nothing has touched since the last.
 *
 * @param token remembered by DynamoDB for ten minutes
 */
export const transactions = (token: string): readonly TourStep[] => [
  step('a table is made', 'CreateTable', {
    TableName: TABLE,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  }),
  get('a'),
  step('items are put together', 'TransactWriteItems', {
    TransactItems: [
      { Put: { TableName: TABLE, Item: item('a', '1') } },
      { Put: { TableName: TABLE, Item: item('b', '2') } },
      {
        ConditionCheck: { TableName: TABLE, Key: key('c'), ConditionExpression: 'attribute_not_exists(id)' },
      },
    ],
    ReturnConsumedCapacity: 'TOTAL',
  }),
  get('a'),
  get('b'),
  get('a'),
  step('items are got in a transaction', 'TransactGetItems', {
    TransactItems: ['a', 'b', 'none'].map((id) => ({ Get: { TableName: TABLE, Key: key(id) } })),
  }),
  step('items are changed together', 'TransactWriteItems', {
    TransactItems: [raise('a'), { Delete: { TableName: TABLE, Key: key('b') } }],
    ClientRequestToken: token,
  }),
  step('the same is sent again', 'TransactWriteItems', {
    TransactItems: [raise('a'), { Delete: { TableName: TABLE, Key: key('b') } }],
    ClientRequestToken: token,
  }),
  step('something else is sent under the same token', 'TransactWriteItems', {
    TransactItems: [raise('a')],
    ClientRequestToken: token,
  }),
  get('a'),
  get('b'),
  step('a condition fails', 'TransactWriteItems', {
    TransactItems: [{ Put: { TableName: TABLE, Item: item('b', '9') } }, raise('a', '99')],
  }),
  get('a'),
  get('b'),
  step('an item is changed twice at once', 'TransactWriteItems', { TransactItems: [raise('a'), raise('a')] }),
  step('a table that is not there is written to', 'TransactWriteItems', {
    TransactItems: [{ Put: { TableName: 'None', Item: item('a', '1') } }],
  }),
  step('everything is got together', 'BatchGetItem', {
    RequestItems: { [TABLE]: { Keys: [key('a'), key('b')] } },
  }),
  step('the table is deleted', 'DeleteTable', { TableName: TABLE }),
];
