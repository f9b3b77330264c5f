import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { codesIn } from '../support/docs/error-codes.ts';
import { readDocument } from '../support/docs/markdown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const textsUnder = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|sh)$/.test(entry.name))
    .map((entry) =>
      readDocument(join(folder, entry.parentPath.slice(join(root, folder).length), entry.name)),
    );

/** Without the signs that concatenate the parts of a message. */
const code = [...textsUnder('src'), ...textsUnder('layers')]
  .join('\n')
  .replace(/(?:'|`) \+\s*(?:'|`)/g, '')
  .replace(/\$\{[^}]*\}|\$\w+/g, '…');

/** Texts of Lambda, and of the answers' headers: no message of the code. */
const NOT_OF_THE_CODE = [
  /^Exec format error$/,
  /^fwd=/,
  /^Cache-(Status|Control): /,
  /^(Init Duration|Max Memory Used)$/,
];

/** The quoted messages of a page: code with a space that is no command, request or setting. */
const quotedMessages = (page: string): readonly string[] =>
  [...page.replace(/^( *)```[\s\S]*?^\1```$/gm, '').matchAll(/`([^`]+)`/g)]
    .map(([, text = '']) => text)
    .filter((text) => / /.test(text) && !/^(npx |GET |HEAD |DELETE |\w+: \w+$)/.test(text))
    .filter((text) => !NOT_OF_THE_CODE.some((pattern) => pattern.test(text)));

/** The parts of a message between its variable parts. The port is one. */
const partsOf = (message: string): readonly string[] =>
  message
    .replace('port 4000', 'port …')
    .split('…')
    .map((part) => part.trim())
    .filter((part) => part.length > 3);

describe('the page about troubleshooting', () => {
  const page = readDocument('docs/troubleshooting.md');

  it('quotes only messages that the code has', () => {
    const messages = quotedMessages(page);

    expect(messages.length).toBeGreaterThan(20);
    expect(messages.filter((message) => !partsOf(message).every((part) => code.includes(part)))).toEqual([]);
  });

  it('explains every code of an answer', () => {
    const known = codesIn(textsUnder('src'));
    const named = new Set(
      [...page.matchAll(/`([a-z]+(?:_[a-z]+)+|throttled|overloaded|internal)`/g)].map(
        ([, name = '']) => name,
      ),
    );

    expect(known.filter((name) => !named.has(name))).toEqual([]);
  });
});
