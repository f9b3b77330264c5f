/** One step of a tour: an operation and what is sent with it. */
export interface TourStep {
  readonly title: string;
  /** DynamoDB if absent. */
  readonly service?: 'ssm' | 'secretsmanager';
  readonly operation: string;
  /** JSON, or text that is none. */
  readonly input: object | string;
  /** Whether it takes a table that nothing is being done to: after some operations that is so only a moment later. */
  readonly awaitsRest?: true;
  /** Given if the client shall read all pages of the answer, each with so many entries. */
  readonly pageSize?: number;
}

const TABLE = 'Tour';
const ARN = `arn:aws:dynamodb:us-east-1:000000000000:table/${TABLE}`;

const step = (title: string, operation: string, input: object | string): TourStep => ({
  title,
  operation,
  input,
});

const resting = (title: string, operation: string, input: object): TourStep => ({
  ...step(title, operation, input),
  awaitsRest: true,
});

const key = (id: string, at: string) => ({ id: { S: id }, at: { N: at } });
const numbered = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Every operation that dynalite knows, in an order in which each finds what it needs, and ways in which they go wrong. */
export const TOUR: readonly TourStep[] = [
  step('a table is made', 'CreateTable', {
    TableName: TABLE,
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'at', AttributeType: 'N' },
      { AttributeName: 'place', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'at', KeyType: 'RANGE' },
    ],
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    GlobalSecondaryIndexes: [
      {
        IndexName: 'ByPlace',
        KeySchema: [{ AttributeName: 'place', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      },
    ],
  }),
  step('a table that is there is made', 'CreateTable', {
    TableName: TABLE,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  }),
  step('a table is described', 'DescribeTable', { TableName: TABLE }),
  step('a table that is not there is described', 'DescribeTable', { TableName: 'None' }),
  step('tables are listed', 'ListTables', {}),
  step('tables are listed page by page', 'ListTables', { Limit: 1, ExclusiveStartTableName: 'A' }),
  step('a lifetime is described', 'DescribeTimeToLive', { TableName: TABLE }),
  step('a lifetime is set', 'UpdateTimeToLive', {
    TableName: TABLE,
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  }),
  step('a resource is tagged', 'TagResource', { ResourceArn: ARN, Tags: [{ Key: 'team', Value: 'tea' }] }),
  step('tags are listed', 'ListTagsOfResource', { ResourceArn: ARN }),
  step('a tag is taken away', 'UntagResource', { ResourceArn: ARN, TagKeys: ['team'] }),
  ...numbered(8).map((n) =>
    step(`item ${n} is put`, 'PutItem', {
      TableName: TABLE,
      Item: {
        ...key(`k${n % 3}`, String(n)),
        place: { S: n % 2 === 0 ? 'even' : 'odd' },
        exact: { N: '12345678901234567890.12345678901234567' },
        blob: { B: 'AAECAwQ=' },
        set: { SS: ['a', 'b'] },
        deep: { M: { list: { L: [{ NULL: true }, { BOOL: false }, { S: 'ünï☃\u0000"\\' }] } } },
      },
      ReturnConsumedCapacity: 'TOTAL',
    }),
  ),
  step('an item is put in place of another', 'PutItem', {
    TableName: TABLE,
    Item: { ...key('k0', '0'), place: { S: 'new' } },
    ReturnValues: 'ALL_OLD',
  }),
  step('a condition fails', 'PutItem', {
    TableName: TABLE,
    Item: key('k0', '0'),
    ConditionExpression: 'attribute_not_exists(id)',
  }),
  step('an item is got', 'GetItem', { TableName: TABLE, Key: key('k1', '1') }),
  step('the same by another way to write its key', 'GetItem', { TableName: TABLE, Key: key('k1', '1.0e0') }),
  step('an item is got consistently', 'GetItem', {
    TableName: TABLE,
    Key: key('k1', '1'),
    ConsistentRead: true,
    ReturnConsumedCapacity: 'TOTAL',
  }),
  step('a part of an item is got', 'GetItem', {
    TableName: TABLE,
    Key: key('k1', '1'),
    ProjectionExpression: '#p, deep.list[2]',
    ExpressionAttributeNames: { '#p': 'place' },
  }),
  step('attributes of an item are got', 'GetItem', {
    TableName: TABLE,
    Key: key('k1', '1'),
    AttributesToGet: ['place', 'none'],
  }),
  step('an item that is not there is got', 'GetItem', { TableName: TABLE, Key: key('none', '1') }),
  step('a key of a wrong type is asked for', 'GetItem', {
    TableName: TABLE,
    Key: { id: { N: '1' }, at: { N: '1' } },
  }),
  step('a key without its sort value is asked for', 'GetItem', { TableName: TABLE, Key: { id: { S: 'a' } } }),
  step('an unused name is given', 'GetItem', {
    TableName: TABLE,
    Key: key('k1', '1'),
    ProjectionExpression: 'place',
    ExpressionAttributeNames: { '#p': 'place' },
  }),
  step('items are got together', 'BatchGetItem', {
    RequestItems: { [TABLE]: { Keys: [key('k1', '1'), key('none', '9'), key('k2', '2')] } },
  }),
  step('an item is got twice at once', 'BatchGetItem', {
    RequestItems: { [TABLE]: { Keys: [key('k1', '1'), key('k1', '1')] } },
  }),
  step('items of no table are got', 'BatchGetItem', { RequestItems: {} }),
  step('an item is changed', 'UpdateItem', {
    TableName: TABLE,
    Key: key('k1', '1'),
    UpdateExpression: 'ADD visits :one SET place = :p',
    ExpressionAttributeValues: { ':one': { N: '1' }, ':p': { S: 'changed' } },
    ReturnValues: 'ALL_NEW',
  }),
  step('the changed item is got', 'GetItem', { TableName: TABLE, Key: key('k1', '1') }),
  step('an item is changed in a way that cannot be understood', 'UpdateItem', {
    TableName: TABLE,
    Key: key('k1', '1'),
    UpdateExpression: 'SET',
  }),
  step('items are queried', 'Query', {
    TableName: TABLE,
    KeyConditionExpression: 'id = :id',
    ExpressionAttributeValues: { ':id': { S: 'k2' } },
    ReturnConsumedCapacity: 'INDEXES',
  }),
  step('items are queried page by page', 'Query', {
    TableName: TABLE,
    KeyConditionExpression: 'id = :id',
    ExpressionAttributeValues: { ':id': { S: 'k2' } },
    Limit: 1,
  }),
  step('an index is queried', 'Query', {
    TableName: TABLE,
    IndexName: 'ByPlace',
    KeyConditionExpression: 'place = :p',
    ExpressionAttributeValues: { ':p': { S: 'changed' } },
  }),
  step('a table is scanned', 'Scan', { TableName: TABLE }),
  step('a table is scanned with a filter', 'Scan', {
    TableName: TABLE,
    FilterExpression: 'place = :p',
    ExpressionAttributeValues: { ':p': { S: 'odd' } },
    Select: 'COUNT',
  }),
  step('items are written together', 'BatchWriteItem', {
    RequestItems: {
      [TABLE]: [
        { PutRequest: { Item: { ...key('batch', '1'), place: { S: 'written' } } } },
        { DeleteRequest: { Key: key('k2', '2') } },
      ],
    },
    ReturnConsumedCapacity: 'TOTAL',
  }),
  step('what was written together is got', 'BatchGetItem', {
    RequestItems: { [TABLE]: { Keys: [key('batch', '1'), key('k2', '2')] } },
  }),
  step('an item is written twice at once', 'BatchWriteItem', {
    RequestItems: {
      [TABLE]: [{ DeleteRequest: { Key: key('k2', '2') } }, { DeleteRequest: { Key: key('k2', '2') } }],
    },
  }),
  step('an item is deleted', 'DeleteItem', {
    TableName: TABLE,
    Key: key('k1', '1'),
    ReturnValues: 'ALL_OLD',
  }),
  step('the deleted item is got', 'GetItem', { TableName: TABLE, Key: key('k1', '1') }),
  step('an item that is not there is deleted', 'DeleteItem', { TableName: TABLE, Key: key('k1', '1') }),
  step('a table that is not there is updated', 'UpdateTable', {
    TableName: 'None',
    ProvisionedThroughput: { ReadCapacityUnits: 6, WriteCapacityUnits: 6 },
  }),
  resting('a table is updated', 'UpdateTable', {
    TableName: TABLE,
    ProvisionedThroughput: { ReadCapacityUnits: 6, WriteCapacityUnits: 6 },
  }),
  step('a body that is no JSON is sent', 'GetItem', '{"TableName":'),
  step('an empty body is sent', 'GetItem', ''),
  step('an array is sent', 'PutItem', []),
  step('an operation that does not exist is asked for', 'MakeTea', {}),
  step('no operation is asked for', '', {}),
  resting('a table is deleted', 'DeleteTable', { TableName: TABLE }),
  resting('a table that is gone is deleted', 'DeleteTable', { TableName: TABLE }),
];
