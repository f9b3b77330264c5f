import { httpDate } from '../http-date.ts';

/** The reasons of the statuses that the routes give; those of others are left empty, as RFC 9112 allows. */
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  304: 'Not Modified',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Payload Too Large',
  417: 'Expectation Failed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Status line and headers, without what is said of the connection and the empty line at the end. */
export const answerHead = (status: number, headers: Readonly<Record<string, string>>): string => {
  let head = `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n`;
  for (const name in headers) if (name !== 'date') head += `${name}: ${headers[name]}\r\n`;
  return `${head}Date: ${httpDate()}\r\n`;
};
