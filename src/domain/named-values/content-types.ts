/** Content type of the value alone: the text of a parameter or secret, or the bytes of a binary secret. */
export const VALUE = 'text/plain; charset=utf-8';

/** The `Content-Type` header of the value of a binary secret. */
export const BINARY_MEDIA_TYPE = 'application/octet-stream';

/** Content type of the response body of `GetParameter` or `GetSecretValue`. */
export const AWS_JSON = 'application/x-amz-json-1.1';

/** Content type of the JSON that the AWS Parameters and Secrets Lambda Extension answers with. */
export const PARAMETERS_AND_SECRETS = 'application/json';
