import type { Settings } from '../settings.ts';
import { VARIABLES } from './variable-names.ts';
import type { Variables } from './variables.ts';

const DEFAULT_PORT = 6379;

const URL_RULE =
  'redis://host:port, or rediss:// for TLS, with user:password@ before the host if the server needs them, and ?cluster=true for a server in cluster mode';

/** Reads where environments share what they have read. Problems do not show the value, because it may contain a password. */
export const tierSettings = (variables: Variables, journal: Settings['journal']): Pick<Settings, 'tier'> => {
  const text = variables.text(VARIABLES.tierUrl);
  if (text === undefined) return {};
  const tier = parseTierUrl(text);
  if (tier === undefined)
    variables.report(`${VARIABLES.tierUrl} is malformed (its value is not shown); allowed: ${URL_RULE}`);
  if (journal === undefined)
    variables.report(
      `${VARIABLES.tierUrl} is set, but ${VARIABLES.journalTable} is not, and without a journal nothing can be shared; set it to the name of the journal table, or unset ${VARIABLES.tierUrl}`,
    );
  return tier === undefined ? {} : { tier };
};

/** The problem that no table may use the tier; `undefined` if one may. */
export const uselessTier = ({ tier, tables }: Pick<Settings, 'tier' | 'tables'>): string | undefined =>
  tier === undefined || tables.some(({ coherence = { mode: 'ttl' } }) => coherence.mode !== 'ttl')
    ? undefined
    : `${VARIABLES.tierUrl} is set, but no table can use it: only tables whose coherence is not ttl share what they read; set coherence of a table or ${VARIABLES.coherence}, or unset ${VARIABLES.tierUrl}`;

const parseTierUrl = (text: string): Settings['tier'] | undefined => {
  if (!/^rediss?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  const isCluster = search === '?cluster=true';
  if (hostname === '' || !['', '/'].includes(pathname) || hash !== '' || !(isCluster || search === ''))
    return undefined;
  const user = decoded(username);
  const secret = decoded(password);
  if (user === undefined || secret === undefined || (user !== '' && secret === '')) return undefined;
  return {
    // URL keeps the brackets of an IPv6 address.
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? DEFAULT_PORT : Number(port),
    hasTls: protocol === 'rediss:',
    ...(user === '' ? {} : { username: user }),
    ...(secret === '' ? {} : { password: secret }),
    isCluster,
  };
};

/** Undefined for a malformed escape. */
const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};
