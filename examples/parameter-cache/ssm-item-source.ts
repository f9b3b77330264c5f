import { GetParameterCommand, ParameterNotFound, type SSMClient, SSMServiceException } from '@aws-sdk/client-ssm';
import {
  type Clock,
  type EntryKey,
  type ItemSource,
  type SourceAnswer,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceUnavailableError,
  type Want,
} from 'dynamodb-cache-extension/core';

/** Parameters of SSM Parameter Store: the id of a key is the parameter's name, the body its decrypted value. */
export class SsmItemSource implements ItemSource {
  readonly #client: SSMClient;
  readonly #clock: Clock;

  constructor(client: SSMClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async read(key: EntryKey, { contentTypes, signal }: Want): Promise<SourceAnswer> {
    const askedAt = this.#clock.now();
    const command = new GetParameterCommand({ Name: key.id, WithDecryption: true });
    try {
      const { Parameter } = await this.#client.send(command, { abortSignal: signal });
      const bytes = new TextEncoder().encode(Parameter?.Value ?? '');
      return { key, askedAt, bodies: contentTypes.map((contentType) => ({ contentType, bytes })) };
    } catch (error) {
      if (error instanceof ParameterNotFound) return { key, askedAt, bodies: [] };
      throw failureOf(error);
    }
  }
}

const failureOf = (cause: unknown): Error => {
  if (!(cause instanceof SSMServiceException)) return new SourceConnectionError('SSM cannot be reached', { cause });
  if (cause.name === 'ThrottlingException') return new SourceThrottledError('SSM throttles', { cause, retryAfterMs: 1_000 });
  if (cause.$fault === 'server') return new SourceUnavailableError('SSM cannot answer just now', { cause });
  return new SourceRefusedError('SSM refuses: check the ssm:GetParameter permission', { cause });
};
