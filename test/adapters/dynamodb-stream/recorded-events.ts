/** What a test says of a record; the rest is as DynamoDB and Lambda write it. */
export interface RecordDetails {
  readonly Keys: object;
  readonly SequenceNumber: string;
  readonly eventName?: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly region?: string;
  readonly table?: string;
  /** Of a deletion by the TTL of DynamoDB. */
  readonly userIdentity?: object;
}

/** A record of a stream with the view type KEYS_ONLY, as Lambda passes it to a function. */
export const streamRecord = ({
  Keys,
  SequenceNumber,
  eventName = 'MODIFY',
  region = 'eu-west-1',
  table = 'Products',
  userIdentity,
}: RecordDetails) => ({
  eventID: `7de3041dd709b024af6f29e4fa13d34${SequenceNumber}`,
  eventName,
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: region,
  dynamodb: {
    ApproximateCreationDateTime: 1_764_374_400,
    Keys,
    SequenceNumber,
    SizeBytes: 12,
    StreamViewType: 'KEYS_ONLY',
  },
  eventSourceARN: `arn:aws:dynamodb:${region}:123456789012:table/${table}/stream/2026-11-29T00:00:00.000`,
  ...(userIdentity === undefined ? {} : { userIdentity }),
});

/** The principal that deletes expired items. */
export const BY_TTL = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };
