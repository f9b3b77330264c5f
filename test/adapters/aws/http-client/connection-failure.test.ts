import { describe, expect, it } from '@jest/globals';
import {
  explainFailure,
  type ServiceLabel,
} from '../../../../src/adapters/aws/http-client/transport-error.ts';

const failure = (code: string): Error => Object.assign(new Error('secret words'), { code });
const DYNAMODB = { name: 'DynamoDB', endpointSetting: 'CACHE_EXTENSION_DYNAMODB_ENDPOINT' };
const explain = (code: string, url: string, label: ServiceLabel = DYNAMODB): string =>
  explainFailure(failure(code), new URL(url), label);

describe('the explanation of a failed connection', () => {
  it.each([
    ['https://dynamodb.eu-wset-1.amazonaws.com', 'dynamodb.eu-wset-1.amazonaws.com', 'eu-wset-1'],
    ['https://dynamodb.us-east-11.amazonaws.com/', 'dynamodb.us-east-11.amazonaws.com', 'us-east-11'],
    ['https://dynamodb-fips.us-gov.amazonaws.com', 'dynamodb-fips.us-gov.amazonaws.com', 'us-gov'],
    ['https://dynamodb.cn-nroth-1.amazonaws.com.cn', 'dynamodb.cn-nroth-1.amazonaws.com.cn', 'cn-nroth-1'],
  ])('names the host, the port and the region that may not exist for %s', (url, host, region) => {
    expect(explain('ENOTFOUND', url)).toBe(
      `ENOTFOUND ${host}:443; there is no host of this name, check whether the region ${region} exists`,
    );
  });

  it.each([
    [
      'ENOTFOUND',
      'https://nowhere.example:8443/x',
      /^ENOTFOUND nowhere\.example:8443; .*CACHE_EXTENSION_DYNAMODB_ENDPOINT/,
    ],
    ['ECONNREFUSED', 'http://127.0.0.1:8000', /^ECONNREFUSED 127\.0\.0\.1:8000; nothing listens there/],
    ['ECONNREFUSED', 'http://[::1]', /^ECONNREFUSED \[::1\]:80; nothing listens there/],
    ['ETIMEDOUT', 'https://h', /^ETIMEDOUT h:443; there is no route .*VPC endpoint/],
    ['EHOSTUNREACH', 'https://h', /there is no route/],
    ['ENETUNREACH', 'https://h', /there is no route/],
    ['EAI_AGAIN', 'https://h', /DNS settings/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'https://h', /certificate is not trusted.*NODE_EXTRA_CA_CERTS/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'https://h', /NODE_EXTRA_CA_CERTS/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'https://h', /NODE_EXTRA_CA_CERTS/],
    ['EPROTO', 'https://h:8000', /^EPROTO h:8000; it does not speak TLS/],
    ['ENEW', 'https://h', /^ENEW h:443$/],
  ])('of %s at %s says what to check', (code, url, text) => {
    expect(explain(code, url)).toMatch(text);
  });

  it('names a service without a setting for its endpoint', () => {
    const label = { name: 'AppConfig' };

    expect(explain('ETIMEDOUT', 'https://h', label)).toMatch(/the VPC endpoint of AppConfig$/);
    expect(explain('ECONNREFUSED', 'https://h', label)).toBe('ECONNREFUSED h:443; nothing listens there');
    expect(explain('ENOTFOUND', 'https://h', label)).toMatch(/check the endpoint$/);
    expect(explain('ENOTFOUND', 'https://appconfigdata.eu-wset-1.amazonaws.com', label)).toMatch(
      /check whether the region eu-wset-1 exists$/,
    );
  });

  it('quotes neither the words of the error nor what else the URL holds', () => {
    expect(explain('ECONNRESET', 'https://user:password@h/path?query')).not.toMatch(
      /secret|user|password|path|query/,
    );
  });
});
