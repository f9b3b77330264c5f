import {
  GetParameterCommand,
  ParameterNotFound,
  type SSMClient,
  SSMServiceException,
} from '@aws-sdk/client-ssm';
import {
  type Clock,
  type ItemSource,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceUnavailableError,
} from 'dynamodb-cache-extension/core';

/** Parameters of SSM Parameter Store: a key's id is the parameter's name, its body the decrypted value. */
export const ssmItemSource = (client: SSMClient, clock: Clock): ItemSource => ({
  async read(key, { contentTypes, signal }) {
    const askedAt = clock.now();
    const command = new GetParameterCommand({ Name: key.id, WithDecryption: true });
    try {
      const { Parameter } = await client.send(command, { abortSignal: signal });
      const bytes = new TextEncoder().encode(Parameter?.Value ?? '');
      return { key, askedAt, bodies: contentTypes.map((contentType) => ({ contentType, bytes })) };
    } catch (cause) {
      if (cause instanceof ParameterNotFound) return { key, askedAt, bodies: [] };
      throw failureOf(cause);
    }
  },
});

const failureOf = (cause: unknown): Error => {
  if (!(cause instanceof SSMServiceException)) return new SourceConnectionError('no answer', { cause });
  if (cause.name === 'ThrottlingException') return new SourceThrottledError('SSM throttles', { cause });
  if (cause.$fault === 'server') return new SourceUnavailableError('SSM cannot answer now', { cause });
  return new SourceRefusedError('SSM refuses: check the ssm:GetParameter permission', { cause });
};
