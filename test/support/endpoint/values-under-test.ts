import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Settings } from '../../../src/adapters/config/settings.ts';
import { NodeHttpServer } from '../../../src/adapters/http/server/node-server.ts';
import { createContainer } from '../../../src/bootstrap/container.ts';
import { type AwsEmulator, startAwsEmulator } from '../../../tools/aws-emulator/index.ts';
import { useTestCredentials } from '../dynamodb/test-credentials.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';
import { settingsOf } from '../settings.ts';

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** The extension within this process in front of emulated services, and SDK clients that are pointed at it. */
export class ValuesUnderTest {
  readonly aws: AwsEmulator;
  readonly url: string;
  readonly ssm: SSMClient;
  readonly secrets: SecretsManagerClient;
  readonly #server: NodeHttpServer;

  private constructor(aws: AwsEmulator, server: NodeHttpServer) {
    this.aws = aws;
    this.#server = server;
    this.url = `http://127.0.0.1:${server.port}`;
    const config = { endpoint: this.url, region: 'eu-west-1', credentials: CREDENTIALS, maxAttempts: 1 };
    this.ssm = new SSMClient(config);
    this.secrets = new SecretsManagerClient(config);
  }

  static async start(given: Partial<Settings> = {}): Promise<ValuesUnderTest> {
    useTestCredentials();
    const aws = await startAwsEmulator({ credentials: CREDENTIALS });
    const settings = settingsOf({
      tables: [],
      endpoints: { ssm: aws.url, secretsmanager: aws.url, sts: aws.url },
      sdkServices: ['ssm', 'secretsmanager'],
      writeWindowMs: 1,
      ...given,
    });
    const server = new NodeHttpServer(settings);
    const program = createContainer(settings, { server, logger: new RecordingLogger() });
    await server.listen();
    await program.get('deferredHandler').load();
    await server.serve(program.get('requestHandler'), program.get('logger'));
    return new ValuesUnderTest(aws, server);
  }

  async close(): Promise<void> {
    this.ssm.destroy();
    this.secrets.destroy();
    await this.#server.close();
    await this.aws.close();
  }
}
