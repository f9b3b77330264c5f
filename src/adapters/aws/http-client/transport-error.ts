/** The request could not be sent, or its answer not be received; the cause says what happened on the wire. */
export class TransportError extends Error {
  /** @param explanation with host, port and error code, for people */
  constructor(cause: unknown, explanation = 'no answer was received') {
    super(explanation, { cause });
    this.name = 'TransportError';
  }
}

/** What came is no answer of HTTP/1.1 to what was asked. */
export class UnreadableResponseError extends Error {
  override readonly name: string = 'UnreadableAnswer';
}

/** The body is longer than is read whole. */
export class ResponseTooLongError extends UnreadableResponseError {
  override readonly name = 'AnswerTooLong';
}

/** The host and port of an endpoint, which name it in messages: a URL may hold more. */
export const placeOf = ({ hostname, port, protocol }: URL): string =>
  `${hostname}:${port || (protocol === 'http:' ? '80' : '443')}`;

/** Why a connection failed, for people: the error code, host and port, and the likely cause. */
export const explainFailure = (error: NodeJS.ErrnoException, url: URL): string => {
  if (error instanceof ProxyError) return error.message;
  const code = error.code ?? error.name;
  const cause = likelyCause(code, url);
  return `${code} ${placeOf(url)}${cause === undefined ? '' : `; ${cause}`}`;
};

const NO_ROUTE =
  'there is no route to it, check the subnet, the security group and the VPC endpoint of DynamoDB';

const LIKELY_CAUSES: ReadonlyMap<string, string> = new Map([
  ['EAI_AGAIN', 'the name server does not answer, check the DNS settings of the VPC'],
  ['ECONNREFUSED', 'nothing listens there, check CACHE_EXTENSION_DYNAMODB_ENDPOINT if it is set'],
  ['ECONNRESET', 'the other side closed the connection'],
  ['EHOSTUNREACH', NO_ROUTE],
  ['ENETUNREACH', NO_ROUTE],
  ['ETIMEDOUT', NO_ROUTE],
  ['ExchangeTimeout', NO_ROUTE],
  ['EPROTO', 'it does not speak TLS, check whether the endpoint must begin with http:'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'it does not speak TLS, check whether the endpoint must begin with http:'],
]);

const CERTIFICATE = /CERT|UNABLE_TO_(?:GET|VERIFY|DECODE|DECRYPT)|SELF_SIGNED|CRL|HOSTNAME_MISMATCH/;

const likelyCause = (code: string, url: URL): string | undefined => {
  if (code === 'ENOTFOUND') return unknownHost(url);
  if (CERTIFICATE.test(code)) {
    return 'the TLS certificate is not trusted, name the file with the certificate of its authority in NODE_EXTRA_CA_CERTS';
  }
  if (code === 'UnreadableAnswer' && url.protocol === 'http:') {
    return 'it does not answer in HTTP, check whether the endpoint must begin with https:';
  }
  return LIKELY_CAUSES.get(code);
};

const unknownHost = ({ hostname }: URL): string => {
  const region = /^dynamodb(?:-fips)?\.([a-z0-9-]+)\./.exec(hostname)?.[1];
  return region === undefined
    ? 'there is no host of this name, check CACHE_EXTENSION_DYNAMODB_ENDPOINT'
    : `there is no host of this name, check whether the region ${region} exists`;
};

/** The proxy did not make a tunnel. The message names the proxy and the target, never credentials. */
export class ProxyError extends Error {
  override readonly name = 'ProxyFailure';
}

/** Nothing was heard of the other side for too long. */
export class ResponseTimeoutError extends Error {
  override readonly name = 'ExchangeTimeout';
}
