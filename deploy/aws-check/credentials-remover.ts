const KEY_ID = /\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g;
const VARIABLES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/** Returns a function that removes the credentials of an environment, and all key ids, from a text. */
export const credentialsRemover = (
  env: Readonly<Record<string, string | undefined>>,
): ((text: string) => string) => {
  const values = VARIABLES.flatMap((name) => env[name] || []);
  return (text) =>
    values.reduce((clean, value) => clean.replaceAll(value, '***'), text).replace(KEY_ID, '***');
};
