import type { DynamoDbServer } from '../dynamodb/dynamodb-server.ts';

/** How often clients made the operation, by what went over the wire. */
export const countOf = ({ requests }: DynamoDbServer, operation: string): number =>
  requests.filter((request) => request.operation === operation).length;
