import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

// Clients of AWS's Parameters and Secrets extension, as functions have them: each takes the name of a parameter or secret
// and resolves with its value. Reproduced from the documentation of the clients.

const { PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: port = '2773', AWS_SESSION_TOKEN: token } = process.env;
const headers = { 'X-Aws-Parameters-Secrets-Token': token };
const parameterUrl = `http://localhost:${port}/systemsmanager/parameters/get`;
const secretUrl = `http://localhost:${port}/secretsmanager/get`;

/** Middy's fetchers: a status that is not OK is an error with status and reason. */
const middy = async (url, by) => {
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`@middy/${by} ${response.status} ${response.statusText}`);
  return response.json();
};

const keepsSlashes = (name) => encodeURIComponent(name).replaceAll('%2F', '/').replaceAll('%3A', ':');

const parsedIfJson = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const httpGet = (path) =>
  new Promise((resolve, reject) => {
    get({ hostname: 'localhost', port, path, headers }, async (response) => {
      let text = '';
      response.setEncoding('utf8');
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, text });
    }).once('error', reject);
  });

export const CLIENTS = {
  middySsmExtension: async (name) => {
    const url = `${parameterUrl}/?withDecryption=true&name=${keepsSlashes(name)}`;
    const { Parameter } = await middy(url, 'ssm-extension');
    return Parameter.Type === 'StringList' ? Parameter.Value.split(',') : parsedIfJson(Parameter.Value);
  },
  middySecretsManagerExtension: async (name) => {
    const url = `${secretUrl}?secretId=${encodeURIComponent(name)}`;
    return parsedIfJson((await middy(url, 'secrets-manager-extension')).SecretString);
  },
  axiosStyle: async (name) => {
    const query = new URLSearchParams({ name, withDecryption: 'true' });
    const response = await fetch(`${parameterUrl}?${query}`, { headers });
    return (await response.json()).Parameter.Value;
  },
  nodeHttpGet: async (name) =>
    JSON.parse((await httpGet(`/secretsmanager/get?secretId=${name}`)).text).SecretString,
  /** Takes 400 for an extension that is not ready. */
  retryingOn400: async (name) => {
    for (let attempt = 1; ; attempt += 1) {
      const { status, text } = await httpGet(
        `/systemsmanager/parameters/get?name=${encodeURIComponent(name)}`,
      );
      if (status === 200) return { attempt, value: JSON.parse(text).Parameter.Value };
      if (status !== 400 || attempt === 3) throw new Error(`${status}: ${text}`);
      await delay(10);
    }
  },
};

/** What became of a call: its value or its error. */
export const outcomeOf = async ([client, name]) => {
  try {
    return { value: await CLIENTS[client](name) };
  } catch (error) {
    return { error: error.message };
  }
};
