import type { Login, SecretFindings } from './function/secret-findings.ts';

/*
 * A function for AWS's Parameters and Secrets extension. It reads the host of a database and the secret with its password
 * repeatedly, logs in, and prints the results. If the login fails, it reads the secret with the two query parameters that AWS's
 * extension does not have, and logs in once more.
 */
const READS = 50;
const SECRET = '/secretsmanager/get?secretId=prod/db';
const { AWS_SESSION_TOKEN: token = '', PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: port = '2773' } = process.env;
const [, , databasePassword] = process.argv;

interface Secret {
  readonly SecretString: string;
  readonly VersionId: string;
}

const times: number[] = [];
const read = async (path: string) => {
  const askedAt = performance.now();
  const response = await fetch(`http://localhost:${port}${path}`, {
    headers: { 'X-Aws-Parameters-Secrets-Token': token },
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${body}`);
  times.push(performance.now() - askedAt);
  return JSON.parse(body);
};

const logIn = ({ SecretString, VersionId }: Secret): Login => ({
  versionId: VersionId,
  isAccepted: JSON.parse(SecretString).password === databasePassword,
});

let host = '';
let secret: Secret = { SecretString: '{}', VersionId: '' };
for (let time = 0; time < READS; time += 1) {
  host = (await read('/systemsmanager/parameters/get?name=/prod/host')).Parameter.Value;
  secret = await read(SECRET);
}
const logins = [logIn(secret)];
if (logins[0]?.isAccepted !== true) {
  logins.push(logIn(await read(`${SECRET}&refreshNow=true&unlessVersion=${secret.VersionId}`)));
}
const medianMs = times.sort((one, other) => one - other)[READS] ?? 0;
const findings: SecretFindings = { reads: READS, medianMs, host, logins };
process.stdout.write(JSON.stringify(findings));
