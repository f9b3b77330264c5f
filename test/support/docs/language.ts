/** A habit of the old texts, and the plain words that replace it. */
interface BannedPhrase {
  /** The spellings that are banned; a space also matches a line break. */
  readonly phrases: readonly string[];
  readonly instead: string;
}

interface Finding {
  /** Counted from 1. */
  readonly line: number;
  readonly phrase: string;
  readonly instead: string;
}

/** Chosen because they have no legitimate use in technical English, or almost none. */
export const BANNED: readonly BannedPhrase[] = [
  {
    phrases: ['whoever', 'who writes', 'who reads', 'who asks', 'who waits', 'who wants', 'so that who'],
    instead: 'name the part: "a client that …"',
  },
  { phrases: ['nobody'], instead: 'name the part and negate the verb: "no client …"' },
  { phrases: ['is none', 'are none'], instead: 'say what is wrong: "is invalid", "does not exist"' },
  { phrases: ['that there is not', 'that there are not'], instead: '"that does not exist"' },
  { phrases: ['such as is', 'such as are'], instead: 'a relative clause: "an item that …"' },
  {
    phrases: ['what comes', 'what was asked', 'what is asked'],
    instead: 'the noun: "requests", "the answer"',
  },
  { phrases: ['goes on', 'went on'], instead: '"continues", or "is forwarded"' },
  { phrases: ['comes back', 'came back'], instead: '"is returned"' },
  { phrases: ['passed on', 'passes on', 'pass on'], instead: '"forwarded"' },
  { phrases: ['take back', 'takes back', 'taken back', 'took back'], instead: '"invalidate", or "undo"' },
  { phrases: ['forget', 'forgets', 'forgot', 'forgotten'], instead: '"invalidate", "evict" or "expire"' },
  { phrases: ['remember', 'remembers', 'remembered'], instead: '"cache", or "store"' },
  { phrases: ['awake', 'slept', 'asleep'], instead: '"running", "frozen", or "freeze and thaw"' },
  { phrases: ['weather', 'fate'], instead: 'the condition: "outage", "result", "outcome"' },
  { phrases: ['wish', 'wishes'], instead: '"want", or the name of the option' },
  { phrases: ['in passing'], instead: '"temporarily"' },
  { phrases: ['just now'], instead: '"currently", or leave it out' },
  { phrases: ['to be had'], instead: '"available"' },
  { phrases: ['ride on', 'rides on'], instead: '"run during"' },
  { phrases: ['told of', 'tells of', 'tell of'], instead: '"reports"; "is notified of"' },
  { phrases: ['said no', 'says no to'], instead: '"rejected"; "rejects"' },
  { phrases: ['talked into'], instead: 'the attack: "could forward attacker-controlled requests"' },
  { phrases: ['as dear', 'is dear'], instead: '"as expensive", or the figure: "1.2 times the CPU time"' },
  { phrases: ['in the hands of'], instead: 'the owner as subject: "the function has"' },
  { phrases: ['its likes', 'the likes of'], instead: '"similar …"; or list them' },
  { phrases: ['manners'], instead: '"behaviour"; or list what is supported' },
  { phrases: ['anew'], instead: '"again", or "re-" and the verb: "re-signs"' },
  { phrases: ['by way of'], instead: '"through"' },
  { phrases: ['lest'], instead: '"so that … does not"' },
  {
    phrases: ['thereby', 'hereby', 'thereof', 'therein', 'whereof', 'wherein'],
    instead: 'a second sentence with its own subject',
  },
];

/** A line break within prose, and within a comment with a star or slashes before each line. */
const GAP = '(?:\\s+(?:(?:\\*|//)\\s+)?)';

const patternOf = (phrase: string) => new RegExp(`(?<![\\w-])${phrase.split(' ').join(GAP)}(?![\\w-])`, 'gi');

/** The same text with fenced and inline code masked: lines keep their numbers, and phrases do not join across code. */
export const withoutCode = (markdown: string): string => {
  const mask = (code: string) => code.replace(/[^\n]/g, '`');
  return markdown.replace(/^( *)```[\s\S]*?^\1```$/gm, mask).replace(/`[^`\n]*`/g, mask);
};

/** The banned phrases of a text, in its order. */
export const bannedPhrasesIn = (text: string, banned: readonly BannedPhrase[] = BANNED): readonly Finding[] =>
  banned
    .flatMap(({ phrases, instead }) => phrases.map((phrase) => ({ phrase, instead })))
    .flatMap(({ phrase, instead }) =>
      [...text.matchAll(patternOf(phrase))].map(({ index }) => ({ index, phrase, instead })),
    )
    .sort((a, b) => a.index - b.index)
    .map(({ index, phrase, instead }) => ({
      line: text.slice(0, index).split('\n').length,
      phrase,
      instead,
    }));
