import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
import type { SecretFindings } from '../function/secret-findings.ts';

const run = promisify(execFile);

const findingsSchema: v.GenericSchema<unknown, SecretFindings> = v.object({
  reads: v.number(),
  medianMs: v.number(),
  host: v.string(),
  logins: v.array(v.object({ versionId: v.string(), isAccepted: v.boolean() })),
});

/**
 * Runs the function for AWS's Parameters and Secrets extension, as Lambda would in the environment of the sample function.
 *
 * @param port the port of that extension
 * @param password what its database accepts
 */
export const runSecretsFunction = async (
  path: string,
  port: number,
  password: string,
): Promise<SecretFindings> => {
  const env = { ...CREDENTIALS, PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port) };
  const { stdout } = await run(process.execPath, [path, password], { env, timeout: 60_000 });
  return v.parse(findingsSchema, JSON.parse(stdout));
};
