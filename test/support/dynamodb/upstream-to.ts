import { AwsKnowledge, type AwsKnowledgeOptions } from '../../../src/adapters/aws/aws-knowledge.ts';
import { KeyRing } from '../../../src/adapters/aws/credentials/key-ring.ts';
import { DynamoDbUpstream } from '../../../src/adapters/dynamodb/dynamodb-upstream.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

/** A way to DynamoDB as the program makes it, by the variables of this process. */
export const upstreamTo = (options: AwsKnowledgeOptions, clock = new FakeClock()): DynamoDbUpstream => {
  const { region } = options;
  const endpoints = new AwsKnowledge({ env: process.env, ...options }, clock);
  const keyRing = new KeyRing((renewed) => endpoints.credentials(renewed), clock);
  return new DynamoDbUpstream({ keyRing, endpoints, clock, ...(region === undefined ? {} : { region }) });
};
