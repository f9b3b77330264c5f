/** The prefix of all variables of the extension. */
export const VARIABLE_PREFIX = 'CACHE_EXTENSION_';

/** The environment variables of the extension, each with its default. Times are Go durations. */
export const VARIABLES = {
  /** How long an item is fresh; default 60m. */
  ttl: 'CACHE_EXTENSION_TTL',
  /** Whether to preload before the first invocation; default false. */
  initStartup: 'CACHE_EXTENSION_INIT_STARTUP',
  /** Path of `cache.yaml`; default cache.yaml or cache.yml in /var/task. */
  config: 'CACHE_EXTENSION_CONFIG',
  /** Port on loopback; default 4000. */
  port: 'CACHE_EXTENSION_PORT',
  /** Bound of the store in bytes; default an eighth of the function's memory, from 8 MiB to 512 MiB. */
  maxBytes: 'CACHE_EXTENSION_MAX_BYTES',
  /** Bound of the store in entries; default none. */
  maxItems: 'CACHE_EXTENSION_MAX_ITEMS',
  /** Bound of negative entries in bytes, part of the store's bound; default a sixteenth of that. */
  maxAbsenceBytes: 'CACHE_EXTENSION_MAX_ABSENCE_BYTES',
  /** How long a negative entry is fresh; default 10s. */
  negativeTtl: 'CACHE_EXTENSION_NEGATIVE_TTL',
  /** How long an expired item may be served while it is refreshed in the background; default 0s. */
  staleWhileRevalidate: 'CACHE_EXTENSION_STALE_WHILE_REVALIDATE',
  /** How long an expired item may be served while DynamoDB is temporarily failing; default 1h. */
  staleIfError: 'CACHE_EXTENSION_STALE_IF_ERROR',
  /** Time-out of one read from DynamoDB, retries included; default 2s. */
  timeout: 'CACHE_EXTENSION_TIMEOUT',
  /** Time-out of the whole preload; default 8s. */
  preloadTimeout: 'CACHE_EXTENSION_PRELOAD_TIMEOUT',
  /** How long reads of an item are strongly consistent after a write through the endpoint; default 10s. */
  writeWindow: 'CACHE_EXTENSION_WRITE_WINDOW',
  /** When writes of other environments are seen: ttl, invocation, or a duration; default ttl. */
  coherence: 'CACHE_EXTENSION_COHERENCE',
  /** Name of the table in the function's region by which writes are announced to other environments; default none. */
  journalTable: 'CACHE_EXTENSION_JOURNAL_TABLE',
  /** Items of the journal for each table, 1 to 16; default 4. */
  journalPages: 'CACHE_EXTENSION_JOURNAL_PAGES',
  /** URL of a server of Valkey or Redis in which environments share what they read; default none. */
  tierUrl: 'CACHE_EXTENSION_TIER_URL',
  /** Most concurrent reads from DynamoDB; default 50. */
  maxUpstreamReads: 'CACHE_EXTENSION_MAX_UPSTREAM_READS',
  /** Most waiting reads; default 1000. */
  maxWaitingReads: 'CACHE_EXTENSION_MAX_WAITING_READS',
  /** Most bytes of pending request bodies of the endpoint; default a quarter of the store's bound, at least 32 MiB. */
  maxPendingBodyBytes: 'CACHE_EXTENSION_MAX_PENDING_BODY_BYTES',
  /** Most bytes of URL and headers of one request; default 16384. */
  maxHeaderBytes: 'CACHE_EXTENSION_MAX_HEADER_BYTES',
  /** Most concurrent connections; default 256. */
  maxConnections: 'CACHE_EXTENSION_MAX_CONNECTIONS',
  /** Whether plain GETs bypass the HTTP server of the runtime; default true. */
  rawListener: 'CACHE_EXTENSION_RAW_LISTENER',
  /** URL of DynamoDB; default the endpoint of the region. */
  dynamoDbEndpoint: 'CACHE_EXTENSION_DYNAMODB_ENDPOINT',
  /** URL of Systems Manager (Parameter Store); default the endpoint of the region. */
  ssmEndpoint: 'CACHE_EXTENSION_SSM_ENDPOINT',
  /** URL of Secrets Manager; default the endpoint of the region. */
  secretsManagerEndpoint: 'CACHE_EXTENSION_SECRETS_MANAGER_ENDPOINT',
  /** URL of AppConfig's data service; default the endpoint of the region. */
  appConfigDataEndpoint: 'CACHE_EXTENSION_APPCONFIGDATA_ENDPOINT',
  /** URL of STS, which issues the credentials of roles; default the endpoint of the region. */
  stsEndpoint: 'CACHE_EXTENSION_STS_ENDPOINT',
  /** Extensions of AWS whose protocols are served, with commas between: parameters-and-secrets, appconfig; default none. */
  compatibility: 'CACHE_EXTENSION_COMPATIBILITY',
  /**
   * Services besides DynamoDB whose SDKs use the endpoint, with commas between: ssm, secretsmanager; default those whose
   * variable names it. The wrapper of the layer sets their variables.
   */
  sdkEndpoints: 'CACHE_EXTENSION_SDK_ENDPOINTS',
  /** Whether failures on the port of AWS's Parameters and Secrets extension have statuses and JSON that say why; default false. */
  typedErrors: 'CACHE_EXTENSION_TYPED_ERRORS',
  /** URL of an HTTP proxy for calls to AWS, or `environment` to use HTTPS_PROXY and NO_PROXY; default none. */
  httpsProxy: 'CACHE_EXTENSION_HTTPS_PROXY',
  /** Value that requests must have in X-Aws-Parameters-Secrets-Token; default none. */
  token: 'CACHE_EXTENSION_TOKEN',
  /** Format of published metrics: none or emf; default none. */
  metrics: 'CACHE_EXTENSION_METRICS',
  /** Lowest level of log lines: debug, info, warn, error or none; default warn. */
  logLevel: 'CACHE_EXTENSION_LOG_LEVEL',
} as const;

/**
 * Prefix that the launcher of the layers gives to variables of the function to which `cache.yaml` refers. It drops all others
 * that are not known to be harmless.
 */
export const FUNCTION_VARIABLE_PREFIX = `${VARIABLE_PREFIX}FUNCTION_`;

/** The variables of Lambda and of the AWS SDKs that the extension reads. */
export const PLATFORM_VARIABLES = {
  functionName: 'AWS_LAMBDA_FUNCTION_NAME',
  /** In MiB. */
  functionMemory: 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  /** `snap-start` if Lambda takes a snapshot of the process. */
  initializationType: 'AWS_LAMBDA_INITIALIZATION_TYPE',
  /** Address of the Extensions API. Set only in Lambda. */
  runtimeApi: 'AWS_LAMBDA_RUNTIME_API',
  region: 'AWS_REGION',
  defaultRegion: 'AWS_DEFAULT_REGION',
  /** Endpoint of all services for SDKs. */
  endpoint: 'AWS_ENDPOINT_URL',
  /** Endpoint of DynamoDB for SDKs. */
  endpointOfDynamoDb: 'AWS_ENDPOINT_URL_DYNAMODB',
  endpointOfSsm: 'AWS_ENDPOINT_URL_SSM',
  endpointOfSecretsManager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  endpointOfAppConfigData: 'AWS_ENDPOINT_URL_APPCONFIGDATA',
  endpointOfSts: 'AWS_ENDPOINT_URL_STS',
  /** Port of AWS's Parameters and Secrets extension; default 2773. */
  parametersAndSecretsPort: 'PARAMETERS_SECRETS_EXTENSION_HTTP_PORT',
  /** Port of AWS's AppConfig Agent extension; default 2772. */
  appConfigPort: 'AWS_APPCONFIG_EXTENSION_HTTP_PORT',
  /** Whether SDKs ignore all of these endpoint variables. */
  ignoreEndpoints: 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  /** Path of the wrapper script that starts the function's runtime. */
  execWrapper: 'AWS_LAMBDA_EXEC_WRAPPER',
  /** With the secret key, credentials that take precedence over those of an endpoint. */
  accessKeyId: 'AWS_ACCESS_KEY_ID',
  secretAccessKey: 'AWS_SECRET_ACCESS_KEY',
  /** The token by which the function identifies itself to AWS's Parameters and Secrets extension. */
  sessionToken: 'AWS_SESSION_TOKEN',
  /** Endpoint of credentials. Under SnapStart, Lambda provides no credentials in variables. */
  credentialsUri: 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  credentialsToken: 'AWS_CONTAINER_AUTHORIZATION_TOKEN',
} as const;

/** The extensions of AWS that this one can replace, as `CACHE_EXTENSION_COMPATIBILITY` names them. */
export const COMPATIBLE_LISTENERS = ['parameters-and-secrets', 'appconfig'] as const;

export type CompatibleListener = (typeof COMPATIBLE_LISTENERS)[number];
