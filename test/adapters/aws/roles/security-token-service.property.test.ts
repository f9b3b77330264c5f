import { parseXML } from '@aws-sdk/xml-builder';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { xmlTexts } from '../../../../src/adapters/aws/roles/security-token-service.ts';

interface Element {
  readonly name: string;
  readonly content: string | readonly Element[];
}

const NAMES = fc.constantFrom('Error', 'Code', 'Message', 'a.b', 'A-1', '_x');

/** Texts without blanks at their ends, which parsers treat differently. */
const TEXTS = fc
  .string({
    unit: fc.constantFrom('<', '>', '&', '"', "'", 'x', 'é', '漢', '😀', ' ', '/', '=', ';'),
    maxLength: 12,
  })
  .map((text) => text.trim());

const { element } = fc.letrec<{ element: Element }>((tie) => ({
  element: fc.record({
    name: NAMES,
    content: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      TEXTS,
      fc.uniqueArray(tie('element'), { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
    ),
  }),
}));

const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  '<': ['&lt;', '&#60;', '&#x3C;'],
  '>': ['&gt;', '&#62;'],
  '&': ['&amp;', '&#x26;'],
  '"': ['"', '&quot;'],
  "'": ["'", '&apos;', '&#39;'],
};

const spelled = (text: string, pick: () => number): string =>
  [...text].map((each) => SPELLINGS[each]?.[pick() % (SPELLINGS[each]?.length ?? 1)] ?? each).join('');

const document = ({ name, content }: Element, pick: () => number): string => {
  if (typeof content !== 'string') {
    const inner = content.map((each) => document(each, pick)).join(pick() % 2 === 0 ? '\n  ' : '');
    return `<${name} xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${inner}</${name}>`;
  }
  if (content === '' && pick() % 2 === 0) return `<${name}/>`;
  return `<${name}>${spelled(content, pick)}</${name}>`;
};

const textsIn = ({ name, content }: Element, above = ''): readonly (readonly [string, string])[] =>
  typeof content === 'string'
    ? [[above + name, content]]
    : content.flatMap((each) => textsIn(each, `${above}${name}/`));

/** The texts in what the SDK's parser returns, without the attributes. */
const textsInParsed = (value: unknown, path = ''): readonly (readonly [string, string])[] => {
  if (typeof value === 'string') return [[path, value]];
  const members = Object.entries(value ?? {}).filter(([name]) => name !== 'xmlns');
  return members.flatMap(([name, member]) => textsInParsed(member, path === '' ? name : `${path}/${name}`));
};

const picker = (choices: readonly number[]) => {
  let at = 0;
  return () => choices[at++ % choices.length] ?? 0;
};

const CHOICES = fc.array(fc.nat(11), { minLength: 1, maxLength: 16 });

describe('xmlTexts', () => {
  it('reads the texts of a document, in each spelling', () => {
    fc.assert(
      fc.property(element, CHOICES, (root, choices) => {
        const xml = `<?xml version="1.0" encoding="UTF-8"?>\n${document(root, picker(choices))}\n`;

        expect([...(xmlTexts(xml) ?? [])]).toEqual(textsIn(root));
      }),
    );
  });

  it('reads the same texts as the parser of the AWS SDK', () => {
    fc.assert(
      fc.property(element, CHOICES, (root, choices) => {
        const xml = document(root, picker(choices));

        expect([...(xmlTexts(xml) ?? [])].sort()).toEqual([...textsInParsed(parseXML(xml))].sort());
      }),
    );
  });

  it('reads no document that is cut off', () => {
    fc.assert(
      fc.property(element, CHOICES, fc.nat(), (root, choices, at) => {
        const xml = document(root, picker(choices));

        expect(xmlTexts(xml.slice(0, at % xml.length))).toBeUndefined();
      }),
    );
  });

  it('returns for any text, and throws nothing', () => {
    const PIECES = fc.constantFrom(
      '<',
      '>',
      '/',
      '&',
      ';',
      '#',
      'x',
      'a',
      ' ',
      '"',
      '=',
      '<a>',
      '</a>',
      '<?xml',
      '!',
    );
    fc.assert(
      fc.property(fc.string({ unit: PIECES, maxLength: 60 }), (xml) => {
        const texts = xmlTexts(xml);

        expect(texts === undefined || texts.size > 0).toBe(true);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['a text', 'x'],
    ['a text before the element', 'x<a/>'],
    ['two elements', '<a/><b/>'],
    ['an end without a beginning', '</a>'],
    ['another end', '<a></b>'],
    ['an unknown entity', '<a>&nbsp;</a>'],
    ['an entity without an end', '<a>&amp</a>'],
    ['no character', '<a>&#0;</a>'],
    ['half a character', '<a>&#xD800;</a>'],
    ['a character that does not exist', '<a>&#x110000;</a>'],
    ['a comment', '<a><!-- x --></a>'],
    ['a CDATA section', '<a><![CDATA[x]]></a>'],
    ['a declaration of the type', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['an instruction', '<a><?php x ?></a>'],
    ['a text beside an element', '<a>x<b/></a>'],
    ['a text behind an element', '<a><b/>x</a>'],
    ['one path twice', '<a><b>1</b><b>2</b></a>'],
    ['an attribute without quotes', '<a b=c/>'],
  ])('reads nothing from %s', (_, xml) => {
    expect(xmlTexts(xml)).toBeUndefined();
  });

  it('takes time in proportion to the length', () => {
    const hostile = [
      `<a${' '.repeat(60_000)}`,
      `<a ${'b="c" '.repeat(10_000)}`,
      `<a>${'&'.repeat(60_000)}</a>`,
    ];
    const startedAt = performance.now();
    for (const xml of hostile) expect(xmlTexts(xml)).toBeUndefined();

    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
