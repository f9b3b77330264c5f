import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { estimatePage, PAGE } from '../../scripts/estimate-page.mjs';
import { CommandLine } from '../../src/adapters/command-line/command-line.ts';
import { BrowserPage, CHROMIUM } from '../support/browser/chromium.ts';
import { FakeTools } from '../support/fakes/fake-tools.ts';

/** What the command line prints of the month: label, quantity and amount of each line. */
const printed = async (args: readonly string[]): Promise<readonly (readonly string[])[]> => {
  const tools = new FakeTools();
  await new CommandLine(tools).run(['estimate', ...args]);
  const [, month = ''] = tools.written.stdout.split(/^A month.*\n/m);
  const lines = month.slice(0, month.indexOf('\nIf the function')).split('\n');
  return lines.map((line) =>
    [line.slice(0, 18), line.slice(18, 54), line.slice(54)].map((cell) => cell.trim()),
  );
};

const ROWS = `[...document.querySelectorAll('#rows tr')].map((row) => [...row.cells].map((cell) => cell.textContent.trim()))`;

const entering = (id: string, value: string) =>
  `(() => { const field = document.getElementById('${id}'); field.value = '${value}'; field.dispatchEvent(new Event('input')); })()`;

describe('docs/estimate.html', () => {
  it('is what `npm run estimate-page` writes', async () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(await estimatePage());
  });

  it('loads nothing from elsewhere', () => {
    expect(readFileSync(PAGE, 'utf8')).not.toMatch(/(?:src|href)=|@import|fetch\(|https?:\/\//);
  });
});

const inBrowser = CHROMIUM === undefined ? describe.skip : describe;

inBrowser('docs/estimate.html in Chromium', () => {
  let page: BrowserPage;

  beforeAll(async () => {
    page = await BrowserPage.open(CHROMIUM ?? '', pathToFileURL(PAGE).href);
  }, 30_000);

  afterAll(async () => {
    await page.close();
  });

  it('shows what the command line prints, before and after changes of inputs', async () => {
    expect(await page.evaluate(ROWS)).toEqual(await printed([]));

    await page.evaluate(entering('hitPercent', '42'));
    await page.evaluate(entering('preloadItems', '1234'));
    await page.evaluate(entering('coherence', 'invocation'));
    await page.evaluate(entering('architecture', 'arm64'));

    const args = [
      '--hit-percent=42',
      '--preload-items=1234',
      '--coherence=invocation',
      '--architecture=arm64',
    ];
    expect(await page.evaluate(ROWS)).toEqual(await printed(args));
  });

  it('computes the time of a cold start from the memory until a time is entered', async () => {
    const time = `document.getElementById('coldStartMs').value`;
    await page.evaluate(entering('memoryMb', '256'));
    await page.evaluate(entering('extraMemoryMb', '0'));
    expect(await page.evaluate(time)).toBe('553');

    await page.evaluate(entering('coldStartMs', '32'));
    await page.evaluate(entering('memoryMb', '128'));
    expect(await page.evaluate(time)).toBe('32');
  });

  it('moves the number with its slider, and the mark in the plot with the share of hits', async () => {
    const slide = `(() => { const slider = document.querySelector('#hitPercent').previousSibling; slider.value = 500; slider.dispatchEvent(new Event('input')); })()`;
    await page.evaluate(slide);

    expect(await page.evaluate(`document.getElementById('hitPercent').value`)).toBe('50');
    expect(await page.evaluate(`document.getElementById('current').getAttribute('cx')`)).toBe('300');
    expect(await page.evaluate(`document.getElementById('line').points.length`)).toBe(101);
  });

  it('ignores a number that is not allowed', async () => {
    const before = await page.evaluate(ROWS);
    await page.evaluate(entering('hitPercent', '101'));

    expect(await page.evaluate(ROWS)).toEqual(before);
  });

  it('calculates with other prices', async () => {
    await page.evaluate(entering('gbSecondArm', '0'));

    expect(await page.evaluate(`${ROWS}[2][2]`)).toBe('0.00 USD');
  });
});
