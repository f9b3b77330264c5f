import type { PlainRequest } from '../../ports/server.ts';

/** What was sent, of a web-standard request: with the whole URL for a target if that names another host than the headers do. */
export const plainRequest = ({ method, url, headers }: Request): PlainRequest => {
  const pairs: string[] = [];
  let host = '';
  headers.forEach((value, name) => {
    pairs.push(name, value);
    if (name === 'host') host = value;
  });
  const start = url.indexOf('//') + 2 + host.length;
  const target = url.startsWith(`//${host}/`, url.indexOf('//')) ? url.slice(start) : url;
  return { method, target, headers: pairs };
};
