/** A piece of a PartiQL statement. */
export interface Token {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'sign';
  /** Words and signs as written, words in capitals; of names and texts what stands between their quotes. */
  readonly value: string;
  /** A word as written, which may be a name as well. */
  readonly written?: string;
}

const TOKEN =
  /\s*(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([A-Za-z_][\w.-]*)|(-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(?![\w"'])|([?,:;=<>!()[\]{}+*/|@.-]))/y;

/** The pieces of a statement; `undefined` if there is anything in it that is not understood, a comment for example. */
export const tokensOf = (statement: string): readonly Token[] | undefined => {
  const text = statement.trimEnd();
  if (text.includes('--') || text.includes('/*')) return undefined;
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    tokens.push(tokenOf(match));
  }
  return tokens;
};

const tokenOf = ([, name, quoted, word, number, sign = '']: RegExpExecArray): Token => {
  if (name !== undefined) return { kind: 'name', value: name.replaceAll('""', '"') };
  if (quoted !== undefined) return { kind: 'text', value: quoted.replaceAll("''", "'") };
  if (word !== undefined) return { kind: 'word', value: word.toUpperCase(), written: word };
  if (number !== undefined) return { kind: 'number', value: number };
  return { kind: 'sign', value: sign };
};
