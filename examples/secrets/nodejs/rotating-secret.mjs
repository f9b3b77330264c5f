const PORT = process.env.PARAMETERS_SECRETS_EXTENSION_HTTP_PORT || '2773';
const TIMEOUT_MS = 5_000;

/** Under SnapStart, only the second variable is set. */
const tokenOf = ({ AWS_SESSION_TOKEN, AWS_CONTAINER_AUTHORIZATION_TOKEN }) =>
  AWS_SESSION_TOKEN || AWS_CONTAINER_AUTHORIZATION_TOKEN || '';

/**
 * Reads a secret through the extension: an object with `SecretString` and `VersionId`.
 *
 * @param {string} secretId name or ARN
 * @param {string} [failedVersion] reads the secret from AWS, unless a version other than this one is cached
 */
export const readSecret = async (secretId, failedVersion) => {
  const refresh = failedVersion === undefined ? {} : { refreshNow: 'true', unlessVersion: failedVersion };
  const query = new URLSearchParams({ secretId, ...refresh });
  const response = await fetch(`http://127.0.0.1:${PORT}/secretsmanager/get?${query}`, {
    headers: { 'X-Aws-Parameters-Secrets-Token': tokenOf(process.env) },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.ok) return response.json();
  const reason = response.headers.get('x-error-message') ?? (await response.text());
  throw new Error(`the secret cannot be read: ${response.status} ${reason}`);
};

/**
 * Connects with the credentials in a secret. If the login fails, the secret may have been rotated: reads it again, and
 * connects once more if it has another version.
 *
 * @param {string} secretId
 * @param {(credentials: any) => Promise<any>} connect receives the JSON of the secret
 * @param {(error: any) => boolean} isLoginFailure whether an error of `connect` means wrong credentials
 */
export const connectWithSecret = async (secretId, connect, isLoginFailure) => {
  const { SecretString, VersionId } = await readSecret(secretId);
  try {
    return await connect(JSON.parse(SecretString));
  } catch (error) {
    if (!isLoginFailure(error)) throw error;
    const current = await readSecret(secretId, VersionId);
    if (current.VersionId === VersionId) throw error;
    return connect(JSON.parse(current.SecretString));
  }
};
