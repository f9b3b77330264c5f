/** Query parameters, in lower case, that only a request signed in its URL has: Signature Versions 4 and 2. */
const PARAMETERS: ReadonlySet<string> = new Set([
  'awsaccesskeyid',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-signature',
]);

/** Whether `url` carries a signature in its query string, as presigned URLs do. */
export const isSignedInQuery = (url: string): boolean => {
  const start = url.indexOf('?');
  if (start === -1) return false;
  return [...new URLSearchParams(url.slice(start)).keys()].some((name) => PARAMETERS.has(name.toLowerCase()));
};
