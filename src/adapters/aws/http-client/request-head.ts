/** Headers by name and value, in the order in which they are sent. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** What a value must not hold, because it could end the line, or the head. */
const NO_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * The head of a POST, one character for each byte.
 *
 * @throws {TypeError} if a header cannot be sent
 */
export const requestHead = (path: string, headers: HeaderPairs, bodyBytes: number): string => {
  let head = `POST ${path} HTTP/1.1\r\n`;
  for (const [name, value] of headers) {
    if (NO_VALUE.test(value)) throw new TypeError(`the header ${name} cannot be sent`);
    head += `${name}: ${value}\r\n`;
  }
  return `${head}content-length: ${bodyBytes}\r\nconnection: keep-alive\r\n\r\n`;
};
