import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Answers every operation with one text over TLS, under a certificate that nobody has reason to trust. */
export class SecuredDynamoDb {
  /** In PEM. */
  readonly certificate: string;
  /** Of operations, in order. */
  readonly targets: string[] = [];
  /** Handshakes that came to a good end. */
  handshakes = 0;
  readonly #server: Server;

  private constructor(key: string, certificate: string, body: string) {
    this.certificate = certificate;
    this.#server = createServer({ key, cert: certificate }, (request, response) => {
      this.targets.push(String(request.headers['x-amz-target']));
      request.resume().once('end', () => {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
      });
    });
    this.#server.keepAliveTimeout = 0;
    this.#server.on('secureConnection', () => {
      this.handshakes += 1;
    });
  }

  /**
   * Makes the certificate by `openssl`.
   *
   * @param subject what it is for, as openssl writes it
   */
  static async start(body: string, subject = 'IP:127.0.0.1'): Promise<SecuredDynamoDb> {
    const folder = mkdtempSync(join(tmpdir(), 'secured-dynamodb-'));
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')];
    const name = ['-subj', '/CN=DynamoDB', '-addext', `subjectAltName=${subject}`];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...key, ...files, ...name, '-days', '2'], { stdio: 'ignore' });
    const [secret, certificate] = ['key.pem', 'certificate.pem'].map((file) =>
      readFileSync(join(folder, file), 'utf8'),
    );
    rmSync(folder, { recursive: true });
    const dynamodb = new SecuredDynamoDb(secret ?? '', certificate ?? '', body);
    dynamodb.#server.listen(0, '127.0.0.1');
    await once(dynamodb.#server, 'listening');
    return dynamodb;
  }

  get endpoint(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  get port(): number {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
    return address.port;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
