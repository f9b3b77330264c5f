import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type ClientOptions, clientConfig } from './client-config.ts';

/** A client of the SDK that is asked for what it knows, and sends nothing. */
export const sdkClient = (options: ClientOptions): DynamoDBClient =>
  new DynamoDBClient(clientConfig(options));
