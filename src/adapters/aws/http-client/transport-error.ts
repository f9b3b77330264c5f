/** The request could not be sent, or its response not be received. The cause is the error of the connection. */
export class TransportError extends Error {
  /** @param explanation with host, port and error code, for people */
  constructor(cause: unknown, explanation = 'no response was received') {
    super(explanation, { cause });
    this.name = 'TransportError';
  }
}

/** The received bytes are not an HTTP/1.1 response to the request. */
export class UnreadableResponseError extends Error {
  override readonly name: string = 'UnreadableResponseError';
}

/** The body exceeds the limit for reading it whole. */
export class ResponseTooLongError extends UnreadableResponseError {
  override readonly name = 'ResponseTooLongError';
}

/** How messages name the service that is called. */
export interface ServiceLabel {
  /** Such as `DynamoDB`. */
  readonly name: string;
  /** The setting that overrides the endpoint, if there is one. */
  readonly endpointSetting?: string;
}

/** Host and port of an endpoint, which name it in messages. A URL may contain more. */
export const placeOf = ({ hostname, port, protocol }: URL): string =>
  `${hostname}:${port || (protocol === 'http:' ? '80' : '443')}`;

/** Why a connection failed, for people: the error code, host and port, and the likely cause. */
export const explainFailure = (error: NodeJS.ErrnoException, url: URL, label: ServiceLabel): string => {
  if (error instanceof ProxyError) return error.message;
  const code = error.code ?? error.name;
  const cause = likelyCause(code, url, label);
  return `${code} ${placeOf(url)}${cause === undefined ? '' : `; ${cause}`}`;
};

const noRoute = ({ name }: ServiceLabel): string =>
  `there is no route to it, check the subnet, the security group and the VPC endpoint of ${name}`;

const notListening = ({ endpointSetting }: ServiceLabel): string =>
  `nothing listens there${endpointSetting === undefined ? '' : `, check ${endpointSetting} if it is set`}`;

const noTls = (): string => 'it does not speak TLS, check whether the endpoint must begin with http:';

const LIKELY_CAUSES: ReadonlyMap<string, (label: ServiceLabel) => string> = new Map([
  ['EAI_AGAIN', () => 'the name server does not answer, check the DNS settings of the VPC'],
  ['ECONNREFUSED', notListening],
  ['ECONNRESET', () => 'the other side closed the connection'],
  ['EHOSTUNREACH', noRoute],
  ['ENETUNREACH', noRoute],
  ['ETIMEDOUT', noRoute],
  ['ResponseTimeoutError', noRoute],
  ['EPROTO', noTls],
  ['ERR_SSL_WRONG_VERSION_NUMBER', noTls],
]);

const CERTIFICATE = /CERT|UNABLE_TO_(?:GET|VERIFY|DECODE|DECRYPT)|SELF_SIGNED|CRL|HOSTNAME_MISMATCH/;

const likelyCause = (code: string, url: URL, label: ServiceLabel): string | undefined => {
  if (code === 'ENOTFOUND') return unknownHost(url, label);
  if (CERTIFICATE.test(code)) {
    return 'the TLS certificate is not trusted, name the file with the certificate of its authority in NODE_EXTRA_CA_CERTS';
  }
  if (code === 'UnreadableResponseError' && url.protocol === 'http:') {
    return 'it does not answer in HTTP, check whether the endpoint must begin with https:';
  }
  return LIKELY_CAUSES.get(code)?.(label);
};

/** The region in the host of a service; it may not exist. */
const REGION_IN_HOST = /^[a-z0-9-]+\.((?:us|eu|eusc|ap|sa|ca|me|af|il|mx|cn)(?:-[a-z]+)+(?:-\d+)?)\./;

const unknownHost = ({ hostname }: URL, { endpointSetting }: ServiceLabel): string => {
  const region = REGION_IN_HOST.exec(hostname)?.[1];
  if (region !== undefined) return `there is no host of this name, check whether the region ${region} exists`;
  return `there is no host of this name, check ${endpointSetting ?? 'the endpoint'}`;
};

/** The proxy did not open a tunnel. The message names the proxy and the target, never credentials. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
}

/** The other side sent nothing for too long. */
export class ResponseTimeoutError extends Error {
  override readonly name = 'ResponseTimeoutError';
}
