import { EntryKey } from '../cache/cache-entry.ts';
import { checkedName } from '../named-values/names.ts';

/** What identifies an entry: the input of a `GetSecretValue` request. Different spellings are different entries. */
export interface SecretReference {
  /** A name, an ARN, or an ARN without the random characters at its end. */
  readonly id: string;
  readonly versionId?: string;
  readonly stage?: string;
}

/** The two parameters that requests give it in, for messages. */
const SECRET_ID = "the secret id (id, or secretId on the port of AWS's extension)";

/** Checked names contain no control characters. */
const SEPARATOR = '\0';

/**
 * Makes a reference from texts, without white space around them.
 *
 * @throws {MalformedValueNameError} if one is malformed
 */
export const secretReference = (id: string, versionId?: string, stage?: string): SecretReference => ({
  id: checkedName(id, SECRET_ID),
  ...(versionId === undefined ? {} : { versionId: checkedName(versionId, 'versionId') }),
  ...(stage === undefined ? {} : { stage: checkedName(stage, 'stage') }),
});

/** Makes the key of a checked reference. */
export const secretKey = (group: string, { id, versionId = '', stage = '' }: SecretReference): EntryKey =>
  new EntryKey(group, [id, versionId, stage].join(SEPARATOR));

/** Returns the reference of a key. Accepts only keys made by `secretKey`. */
export const parseSecretKey = (key: EntryKey): SecretReference => {
  const [id = '', versionId, stage] = key.id.split(SEPARATOR);
  return { id, ...(versionId ? { versionId } : {}), ...(stage ? { stage } : {}) };
};
