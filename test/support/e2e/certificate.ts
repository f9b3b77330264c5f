import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** In PEM. */
export interface Certificate {
  readonly key: string;
  readonly certificate: string;
}

/**
 * Creates a self-signed certificate with `openssl`.
 *
 * @param subject the subject alternative name, as openssl writes it
 */
export const createCertificate = (subject: string): Certificate => {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')];
  const name = ['-subj', '/CN=Test', '-addext', `subjectAltName=${subject}`];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...files, ...name, '-days', '2'], { stdio: 'ignore' });
  const key = readFileSync(join(folder, 'key.pem'), 'utf8');
  const certificate = readFileSync(join(folder, 'certificate.pem'), 'utf8');
  rmSync(folder, { recursive: true });
  return { key, certificate };
};
