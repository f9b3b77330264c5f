import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { AdmittedOperations } from './admitted-operations.ts';
import { answerOf } from './read-body.ts';

const NO_ENDPOINTS = new TextEncoder().encode('{"Endpoints":[]}');

/**
 * Answers `DescribeEndpoints` without DynamoDB. Its own answer names the regional endpoint, so that a client with endpoint
 * discovery would send everything else past the extension, and its writes would invalidate nothing.
 */
export class AnswerEndpoints implements AdmittedOperations {
  execute(): WireAnswer {
    return answerOf(NO_ENDPOINTS);
  }
}
