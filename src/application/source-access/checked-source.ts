import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import type { BatchAnswer, ItemSource, SourceAnswer } from '../../ports/outbound/item-source.ts';

/**
 * Wraps the calls of a source, and rejects an answer that breaks the contract of `ItemSource` with a `TypeError` that names
 * the mistake. Such an answer would be served for another key, or have no age.
 */
export const checkedSource = (source: ItemSource): ItemSource => {
  const { mayShare, readMany, checkGroup, readGroup } = source;
  return {
    ...(mayShare === undefined ? {} : { mayShare }),
    read: async (key, options) => {
      const answer = await source.read(key, options);
      if (answer.key.text !== key.text)
        throw broken(key.group, 'read answered another key than the one it was given');
      checkTime(answer);
      return answer;
    },
    get batchLimit() {
      return source.batchLimit ?? 1;
    },
    ...(readMany && {
      readMany: async (keys, options) => {
        const batch = await readMany.call(source, keys, options);
        checkBatch(batch, keys);
        return batch;
      },
    }),
    ...(checkGroup && { checkGroup: (group, options) => checkGroup.call(source, group, options) }),
    ...(readGroup && {
      readGroup: async (group, cursor, options) => {
        const page = await readGroup.call(source, group, cursor, options);
        return { ...page, answers: checkedAnswers(page.answers, group) };
      },
    }),
  };
};

const checkBatch = ({ answers, unprocessed, refused = [] }: BatchAnswer, keys: readonly EntryKey[]): void => {
  const asked = new Set(keys.map(({ text }) => text));
  const named = [...answers.map(({ key }) => key), ...unprocessed, ...refused.map(({ key }) => key)];
  for (const { text } of named) {
    if (!asked.has(text)) throw broken(keys[0]?.group, 'readMany named a key that it was not given');
  }
  for (const answer of answers) checkTime(answer);
};

function* checkedAnswers(answers: Iterable<SourceAnswer>, group: string): Generator<SourceAnswer> {
  for (const answer of answers) {
    if (answer.key.group !== group) throw broken(group, 'readGroup answered a key of another group');
    checkTime(answer);
    yield answer;
  }
}

const checkTime = ({ key, askedAt }: SourceAnswer): void => {
  if (Number.isFinite(askedAt)) return;
  const given = typeof askedAt === 'number' ? askedAt : typeof askedAt;
  throw broken(key.group, `askedAt of an answer is ${given}; allowed: milliseconds since the epoch`);
};

const broken = (group: string | undefined, mistake: string): TypeError =>
  new TypeError(`the source of group "${group}" breaks the contract of ItemSource: ${mistake}`);
