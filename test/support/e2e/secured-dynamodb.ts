import { createCertificate } from './certificate.ts';
import { answering, ScriptedServer } from '../http/scripted-server.ts';

/** A DynamoDB over TLS with a self-signed certificate, which gives every operation the same answer. */
export interface SecuredDynamoDb {
  readonly server: ScriptedServer;
  /** In PEM. */
  readonly certificate: string;
}

/**
 * Creates the certificate with `openssl` and starts the server.
 *
 * @param subject the subject alternative name, as openssl writes it
 */
export const startSecuredDynamoDb = async (
  body: string,
  subject = 'IP:127.0.0.1',
): Promise<SecuredDynamoDb> => {
  const { key, certificate } = createCertificate(subject);
  return {
    server: await ScriptedServer.startTls({ key, cert: certificate }, answering(200, body)),
    certificate,
  };
};
