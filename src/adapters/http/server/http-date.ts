let second = Number.NaN;
let text = '';

/**
 * The `Date` header of this moment (RFC 9110, section 5.6.7). Runtimes refresh theirs with a timer, which is late after a
 * freeze; SDKs correct their clocks by this header, so an old one makes their signatures expire.
 */
export const httpDate = (): string => {
  const now = Math.floor(Date.now() / 1_000);
  if (now !== second) {
    second = now;
    text = new Date(now * 1_000).toUTCString();
  }
  return text;
};

/** An answer to what is no HTTP, after which the connection ends. */
export const bareAnswer = (status: string): string =>
  `HTTP/1.1 ${status}\r\nConnection: close\r\nDate: ${httpDate()}\r\nContent-Length: 0\r\n\r\n`;
