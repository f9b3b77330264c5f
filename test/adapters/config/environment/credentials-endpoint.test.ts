import { describe, expect, it } from '@jest/globals';
import { readEnvironment } from '../../../../src/adapters/config/environment/environment.ts';

const LINK_LOCAL = 'http://169.254.100.1:9001/2021-04-23/credentials';

const endpointIn = (environment: Record<string, string>) =>
  readEnvironment({
    AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9001',
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token',
    ...environment,
  }).settings.credentialsEndpoint;

describe('the endpoint for credentials', () => {
  it.each([
    ['at the address of the Runtime API', 'http://127.0.0.1:9001/2021-04-23/credentials'],
    ['at the link-local address of Lambda', LINK_LOCAL],
  ])('is asked by us %s', (_, url) => {
    expect(endpointIn({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url })).toEqual({ url, token: 'token' });
  });

  it.each([
    ['at any other address', 'http://127.0.0.1:9002/2021-04-23/credentials'],
    ['of a container', 'http://169.254.170.2/v2/credentials'],
    ['behind TLS', 'https://169.254.100.1:9001/2021-04-23/credentials'],
    ['whose address cannot be read', '169.254.100.1:9001'],
  ])('is left to the AWS SDK %s', (_, url) => {
    expect(endpointIn({ AWS_CONTAINER_CREDENTIALS_FULL_URI: url })).toBeUndefined();
  });

  it('is absent without a token or a URL', () => {
    const token = { AWS_CONTAINER_AUTHORIZATION_TOKEN: '' };

    expect(endpointIn({ AWS_CONTAINER_CREDENTIALS_FULL_URI: LINK_LOCAL, ...token })).toBeUndefined();
    expect(endpointIn({})).toBeUndefined();
  });

  it('comes after credentials in variables, if they are complete', () => {
    const url = { AWS_CONTAINER_CREDENTIALS_FULL_URI: LINK_LOCAL };
    const id = { AWS_ACCESS_KEY_ID: 'id' };

    expect(endpointIn({ ...url, ...id, AWS_SECRET_ACCESS_KEY: 'secret' })).toBeUndefined();
    expect(endpointIn({ ...url, ...id })).toBeDefined();
  });
});

describe('the kind of start', () => {
  it.each([
    ['snap-start', true],
    ['on-demand', false],
    ['provisioned-concurrency', false],
    ['lambda-managed-instances', false],
  ])('%s makes copies of the process: %s', (initializationType, isSnapshotted) => {
    const { settings } = readEnvironment({ AWS_LAMBDA_INITIALIZATION_TYPE: initializationType });

    expect(settings.isSnapshotted).toBe(isSnapshotted);
  });
});
