import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

/** A table, as far as the journal needs it. Tables of all kinds, created or imported, have these members. */
export interface JournalTable {
  readonly tableName: string;
  readonly tableArn: string;
}

/** Creates a table for the journal. Its data may be lost at any time, so it is deleted with the stack and has no backup. */
export const createJournal = (scope: Construct): Table =>
  new Table(scope, 'Journal', {
    partitionKey: { name: 'table', type: AttributeType.STRING },
    sortKey: { name: 'page', type: AttributeType.NUMBER },
    billingMode: BillingMode.PAY_PER_REQUEST,
    removalPolicy: RemovalPolicy.DESTROY,
  });
