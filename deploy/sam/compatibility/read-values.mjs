// Code as it was written for AWS's extensions: nothing in it is about dynamodb-cache-extension.
const { PARAMETERS_SECRETS_EXTENSION_HTTP_PORT, AWS_APPCONFIG_EXTENSION_HTTP_PORT } = process.env;
const VALUES = `http://localhost:${PARAMETERS_SECRETS_EXTENSION_HTTP_PORT || 2773}`;
const CONFIGURATIONS = `http://localhost:${AWS_APPCONFIG_EXTENSION_HTTP_PORT || 2772}`;

const read = async (url, headers) => {
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
};

/** Answers with the parameter, the version of the secret, and the flags. */
export const handler = async () => {
  const { PARAMETER, SECRET, CONFIGURATION } = process.env;
  // Under SnapStart, only the second variable is set.
  const { AWS_SESSION_TOKEN, AWS_CONTAINER_AUTHORIZATION_TOKEN } = process.env;
  const token = { 'X-Aws-Parameters-Secrets-Token': AWS_SESSION_TOKEN ?? AWS_CONTAINER_AUTHORIZATION_TOKEN };
  const [{ Parameter }, { VersionId }, flags] = await Promise.all([
    read(`${VALUES}/systemsmanager/parameters/get?${new URLSearchParams({ name: PARAMETER })}`, token),
    read(`${VALUES}/secretsmanager/get?${new URLSearchParams({ secretId: SECRET })}`, token),
    read(`${CONFIGURATIONS}${CONFIGURATION}`),
  ]);
  return { parameter: Parameter.Value, secretVersion: VersionId, flags };
};
