import {
  COHERENCE_RULE,
  type Coherence,
  needsJournal,
  parseCoherence,
} from '../../../domain/cache/coherence.ts';
import type { Settings } from '../settings.ts';
import { VARIABLES } from './variable-names.ts';
import type { Variables } from './variables.ts';

/** What execution environments share. */
type SharedStateSettings = Pick<Settings, 'coherence' | 'journal' | 'tier'>;

/** Reads the coherence of tables by default, the journal that all coherence but `ttl` needs, and the second tier. */
export const sharedStateSettings = (variables: Variables): SharedStateSettings => {
  const coherence = defaultCoherence(variables);
  const table = journalTable(variables);
  const pages = variables.wholeNumber(VARIABLES.journalPages, { min: 1, max: 16 }, 4);
  if (table === undefined && needsJournal(coherence)) {
    variables.report(
      `${VARIABLES.coherence} is "${variables.text(VARIABLES.coherence)}", but ${JOURNAL_IS_MISSING}`,
    );
  }
  const tier = tierOf(variables, table);
  return {
    ...(coherence === undefined ? {} : { coherence }),
    ...(table === undefined ? {} : { journal: { table, pages } }),
    ...(tier === undefined ? {} : { tier }),
  };
};

/** Completes the problem that a coherence is set. */
export const JOURNAL_IS_MISSING = `${VARIABLES.journalTable} names no table; set it to the name of the journal table`;

const defaultCoherence = (variables: Variables): Coherence | undefined => {
  const text = variables.text(VARIABLES.coherence);
  if (text === undefined) return undefined;
  try {
    return parseCoherence(text);
  } catch {
    variables.reject(VARIABLES.coherence, COHERENCE_RULE);
    return undefined;
  }
};

const journalTable = (variables: Variables): string | undefined => {
  const name = variables.text(VARIABLES.journalTable);
  if (name === undefined || /^[a-zA-Z0-9_.-]{3,255}$/.test(name)) return name;
  variables.reject(VARIABLES.journalTable, TABLE_RULE);
  return undefined;
};

const TABLE_RULE =
  'the name (not the ARN) of a table in the region of the function, of 3 to 255 characters out of a-z, A-Z, 0-9, "_", "-" and "."';

const DEFAULT_PORT = 6379;

const URL_RULE =
  'redis://host:port, or rediss:// for TLS, with user:password@ before the host if the server needs them, and ?cluster=true for a server in cluster mode';

/** Reads where environments share what they have read. Problems do not show the value, because it may contain a password. */
const tierOf = (variables: Variables, journal: string | undefined): Settings['tier'] => {
  const text = variables.text(VARIABLES.tierUrl);
  if (text === undefined) return undefined;
  const tier = parseTierUrl(text);
  if (tier === undefined)
    variables.report(`${VARIABLES.tierUrl} is malformed (its value is not shown); allowed: ${URL_RULE}`);
  if (journal === undefined)
    variables.report(
      `${VARIABLES.tierUrl} is set, but ${VARIABLES.journalTable} is not, and without a journal nothing can be shared; set it to the name of the journal table, or unset ${VARIABLES.tierUrl}`,
    );
  return tier;
};

/** The problem that no table may use the tier; `undefined` if one may. */
export const uselessTier = ({ tier, tables }: Pick<Settings, 'tier' | 'tables'>): string | undefined =>
  tier === undefined || tables.some(({ coherence = { mode: 'ttl' } }) => coherence.mode !== 'ttl')
    ? undefined
    : `${VARIABLES.tierUrl} is set, but no table can use it: only tables whose coherence is not ttl share what they read; set coherence of a table or ${VARIABLES.coherence}, or unset ${VARIABLES.tierUrl}`;

const parseTierUrl = (text: string): Settings['tier'] => {
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
