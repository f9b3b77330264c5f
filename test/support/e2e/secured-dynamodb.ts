import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  const folder = mkdtempSync(join(tmpdir(), 'secured-dynamodb-'));
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')];
  const name = ['-subj', '/CN=DynamoDB', '-addext', `subjectAltName=${subject}`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...files, ...name, '-days', '2'], { stdio: 'ignore' });
  const key = readFileSync(join(folder, 'key.pem'), 'utf8');
  const certificate = readFileSync(join(folder, 'certificate.pem'), 'utf8');
  rmSync(folder, { recursive: true });
  return {
    server: await ScriptedServer.startTls({ key, cert: certificate }, answering(200, body)),
    certificate,
  };
};
