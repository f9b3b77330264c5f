import type { ConfigurationName } from '../../../src/domain/appconfig/configuration-name.ts';

// Clients of AWS's AppConfig Agent extension, as functions have them. Reproduced from the documentation of the clients.

/** Reads a configuration from the agent on a port. */
export type AgentClient = (port: number, name: ConfigurationName, query?: string) => Promise<unknown>;

const urlOf = (
  port: number,
  { application, environment, profile }: ConfigurationName,
  query = '',
): string => {
  const [first, second, third] = [application, environment, profile].map(encodeURIComponent);
  return `http://localhost:${port}/applications/${first}/environments/${second}/configurations/${third}${query}`;
};

/** `getConfig` of Powertools for AWS Lambda: text, or undefined for status 404; waits for 3 seconds. */
export const powertoolsGetConfig: AgentClient = async (port, name) => {
  const response = await fetch(urlOf(port, name), { signal: AbortSignal.timeout(3_000) });
  if (response.status === 404) return undefined;
  const text = await response.text();
  if (!response.ok) throw new Error(`GetParameterError ${response.status} ${text}`);
  return text;
};

/** Middy's `appconfig-extension`: parses JSON if the type says so. */
export const middyAppConfigExtension: AgentClient = async (port, name, query) => {
  const response = await fetch(urlOf(port, name, query));
  if (!response.ok) throw new Error(`@middy/appconfig-extension ${response.status} ${response.statusText}`);
  const type = response.headers.get('content-type') ?? '';
  return /^application\/([a-z0-9.+-]+\+)?json/i.test(type) ? response.json() : response.text();
};

/** AWS's configuration provider for .NET: fails without a `Content-Type`, and takes no notice of the status. */
export const dotnetAppConfigForLambda: AgentClient = async (port, name) => {
  const response = await fetch(urlOf(port, name));
  const type = response.headers.get('content-type');
  if (type === null) throw new TypeError('NullReferenceException');
  return [type, await response.text()];
};
