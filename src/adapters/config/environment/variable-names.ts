/** What the names of all our own variables begin with. */
export const VARIABLE_PREFIX = 'CACHE_EXTENSION_';

/** The environment variables that set up the program. Those of times take Go durations. */
export const VARIABLES = {
  /** How long an item is fresh; 60m. */
  ttl: 'CACHE_EXTENSION_TTL',
  /** Whether the store is filled before the first invocation; false. */
  initStartup: 'CACHE_EXTENSION_INIT_STARTUP',
  /** Path of the file that names the tables; cache.yaml or cache.yml in /var/task. */
  config: 'CACHE_EXTENSION_CONFIG',
  /** Port on loopback; 4000. */
  port: 'CACHE_EXTENSION_PORT',
  /** Bound of the store in bytes; an eighth of the function's memory, within 8 MiB and 512 MiB. */
  maxBytes: 'CACHE_EXTENSION_MAX_BYTES',
  /** Bound of the store in entries; none. */
  maxItems: 'CACHE_EXTENSION_MAX_ITEMS',
  /** The part of the bound that known absences may take, in bytes; a sixteenth. */
  maxAbsenceBytes: 'CACHE_EXTENSION_MAX_ABSENCE_BYTES',
  /** How long an absence is remembered; 10s. */
  negativeTtl: 'CACHE_EXTENSION_NEGATIVE_TTL',
  /** How long after expiry an item is answered while it is read again behind; 0s. */
  staleWhileRevalidate: 'CACHE_EXTENSION_STALE_WHILE_REVALIDATE',
  /** How long an expired item may be served while DynamoDB is temporarily failing; 1h. */
  staleIfError: 'CACHE_EXTENSION_STALE_IF_ERROR',
  /** One read from DynamoDB, retries included; 2s. */
  timeout: 'CACHE_EXTENSION_TIMEOUT',
  /** The whole preload; 8s. */
  preloadTimeout: 'CACHE_EXTENSION_PRELOAD_TIMEOUT',
  /** For how long after a write through the endpoint the item is read consistently; 10s. */
  writeWindow: 'CACHE_EXTENSION_WRITE_WINDOW',
  /** Reads from DynamoDB at the same time; 50. */
  maxUpstreamReads: 'CACHE_EXTENSION_MAX_UPSTREAM_READS',
  /** Reads that may wait for their turn; 1000. */
  maxWaitingReads: 'CACHE_EXTENSION_MAX_WAITING_READS',
  /** Request bodies of the endpoint that are held at the same time, in bytes; a quarter of the store's bound, at least 32 MiB. */
  maxPendingBodyBytes: 'CACHE_EXTENSION_MAX_PENDING_BODY_BYTES',
  /** URL and headers of one request together, in bytes; 16384. */
  maxHeaderBytes: 'CACHE_EXTENSION_MAX_HEADER_BYTES',
  /** Connections at the same time; 256. */
  maxConnections: 'CACHE_EXTENSION_MAX_CONNECTIONS',
  /** URL of DynamoDB; that of the region. */
  dynamoDbEndpoint: 'CACHE_EXTENSION_DYNAMODB_ENDPOINT',
  /** URL of an HTTP proxy for calls to AWS, or `environment` for that of HTTPS_PROXY and NO_PROXY; none. */
  httpsProxy: 'CACHE_EXTENSION_HTTPS_PROXY',
  /** What requests must carry in X-Aws-Parameters-Secrets-Token; nothing. */
  token: 'CACHE_EXTENSION_TOKEN',
  /** Where figures are published: none or emf; none. */
  metrics: 'CACHE_EXTENSION_METRICS',
  /** The least of what is logged: debug, info, warn, error or none; warn. */
  logLevel: 'CACHE_EXTENSION_LOG_LEVEL',
} as const;

/** The variables of the platform and of the SDKs that have a say. */
export const PLATFORM_VARIABLES = {
  functionName: 'AWS_LAMBDA_FUNCTION_NAME',
  /** In MiB. */
  functionMemory: 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  /** How the process came to be started; `snap-start` where copies are made of it. */
  initializationType: 'AWS_LAMBDA_INITIALIZATION_TYPE',
  /** Set exactly where there is a Lambda service to register with. */
  runtimeApi: 'AWS_LAMBDA_RUNTIME_API',
  region: 'AWS_REGION',
  defaultRegion: 'AWS_DEFAULT_REGION',
  /** Where SDKs in the function look for any service. */
  endpoint: 'AWS_ENDPOINT_URL',
  /** Where they look for DynamoDB. */
  endpointOfDynamoDb: 'AWS_ENDPOINT_URL_DYNAMODB',
  /** Whether the two are to be ignored. */
  ignoreEndpoints: 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  /** What starts the runtime of the function in place of Lambda. */
  execWrapper: 'AWS_LAMBDA_EXEC_WRAPPER',
  /** With the secret key, credentials that go before those of an endpoint. */
  accessKeyId: 'AWS_ACCESS_KEY_ID',
  secretAccessKey: 'AWS_SECRET_ACCESS_KEY',
  /** Where credentials are given out; Lambda has them in no variable where it makes copies. */
  credentialsUri: 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  credentialsToken: 'AWS_CONTAINER_AUTHORIZATION_TOKEN',
} as const;
