import { fileURLToPath } from 'node:url';
import { Duration } from 'aws-cdk-lib';
import { type Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  type IEventSourceDlq,
  Function as LambdaFunction,
  Runtime,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { VARIABLES } from 'dynamodb-cache-extension/adapters/config';
import { checkAnnouncerProps } from './check-props.ts';
import type { JournalTable } from './journal.ts';

/** A table, as far as the announcements need it. Tables of all kinds, created or imported, have these members. */
export interface StreamedTable {
  readonly tableName: string;
  readonly tableArn: string;
  readonly tableStreamArn?: string | undefined;
  grantStreamRead(grantee: IGrantable): Grant;
}

export interface StreamAnnouncerProps {
  /** The table whose changes are announced. It must have a stream; `StreamViewType.KEYS_ONLY` is enough. */
  readonly table: StreamedTable;
  /** Name of its hash key attribute. */
  readonly hashKey: string;
  /** Name of its sort key attribute, if it has one. */
  readonly sortKey?: string;
  /** The journal of the functions with the cache, such as `cache.journal`. */
  readonly journal: JournalTable;
  /** Among how many items of the journal the keys of a table are distributed, 1 to 16. Default: 4. */
  readonly journalPages?: number;
  /** How often Lambda repeats a batch that cannot be announced. Default: until its records leave the stream, after 24 hours. */
  readonly retryAttempts?: number;
  /** Where Lambda reports batches that it no longer repeats. Default: nowhere. */
  readonly onFailure?: IEventSourceDlq;
}

/** The built function, which the package contains. */
const CODE = fileURLToPath(new URL('./stream-announcer', import.meta.url));

/**
 * A function that announces the changes of a table to the environments of the cache, for writers that do not use its endpoint.
 *
 * @example
 * new StreamAnnouncer(this, 'Announcer', { table, hashKey: 'id', journal: cache.journal });
 */
export class StreamAnnouncer extends Construct {
  readonly function: LambdaFunction;

  /** @throws {Error} if a property is wrong, or the table has no stream */
  constructor(scope: Construct, id: string, props: StreamAnnouncerProps) {
    super(scope, id);
    checkAnnouncerProps(props);
    const { table, hashKey, sortKey, journal, journalPages, retryAttempts, onFailure } = props;
    const streamArn = table.tableStreamArn;
    if (streamArn === undefined) {
      throw new Error('table: it has no stream; set stream: StreamViewType.KEYS_ONLY of the table');
    }
    this.function = new LambdaFunction(this, 'Function', {
      description: 'Announces changes of a table to dynamodb-cache-extension',
      runtime: Runtime.NODEJS_22_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(CODE),
      memorySize: 256,
      timeout: Duration.seconds(30),
      environment: {
        [VARIABLES.journalTable]: journal.tableName,
        ...(journalPages === undefined ? {} : { [VARIABLES.journalPages]: String(journalPages) }),
        TABLE_KEYS: [hashKey, ...(sortKey === undefined ? [] : [sortKey])].join(','),
      },
    });
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [journal.tableArn] }),
    );
    // Verifies that `hashKey` and `sortKey` are not exchanged.
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['dynamodb:DescribeTable'], resources: [table.tableArn] }),
    );
    table.grantStreamRead(this.function);
    this.function.addEventSourceMapping('Stream', {
      eventSourceArn: streamArn,
      // With LATEST, changes until the stream is read for the first time would not be announced.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 1000,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      ...(retryAttempts === undefined ? {} : { retryAttempts }),
      ...(onFailure === undefined ? {} : { onFailure }),
    });
  }
}
