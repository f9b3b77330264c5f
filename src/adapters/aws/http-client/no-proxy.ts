import { isIP } from 'node:net';

/** As `URL` writes the names and addresses of loopback. */
const LOOPBACK =
  /^(?:(?:.+\.)?localhost\.?|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/;

/**
 * Whether a proxy is left out for `url`: for plain HTTP, for loopback, and for each host that the list names.
 *
 * @param noProxy names of hosts by commas, each with its subdomains, with or without a leading dot, with a port if only that
 *   is meant; `*` stands for all. Blocks of addresses such as 10.0.0.0/8 are not understood.
 */
export const bypassesProxy = ({ protocol, hostname, port }: URL, noProxy: string): boolean => {
  if (protocol !== 'https:' || LOOPBACK.test(hostname)) return true;
  const host = hostname.replace(/\.$/, '');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && matches(entry, host, port || '443'));
};

const matches = (entry: string, host: string, port: string): boolean => {
  if (entry === '*') return true;
  const { name, onlyPort } = partsOf(entry);
  if (name === '' || (onlyPort !== undefined && onlyPort !== port)) return false;
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
};

/** An address of IPv6 has colons of its own: with a port it stands in brackets, as in URLs. */
const partsOf = (entry: string): { readonly name: string; readonly onlyPort: string | undefined } => {
  if (isIP(entry) === 6) return { name: `[${entry}]`, onlyPort: undefined };
  const [, written = '', onlyPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return { name: written.replace(/^\*?\./, '').replace(/\.$/, ''), onlyPort };
};
