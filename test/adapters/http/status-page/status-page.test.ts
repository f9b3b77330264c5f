import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { statusPage } from '../../../../scripts/status-page.mjs';
import { NodeHttpServer } from '../../../../src/adapters/http/server/node-server.ts';
import { StatusPageServer } from '../../../../src/adapters/http/status-page/status-page-server.ts';
import type { Status } from '../../../../src/ports/inbound/status-reader.ts';
import { BrowserPage, CHROMIUM } from '../../../support/browser/chromium.ts';
import { sampleStatus } from '../../../support/fakes/fake-status-reader.ts';
import { AppUnderTest } from '../../../support/http/app-under-test.ts';

/** The colours of the marks in the legend, which are those of the lines. */
const PLOT = `[...document.querySelectorAll('.u-marker')].map((mark) => mark.style.cssText).join()`;
const BLUE_IN_LIGHT = 'rgb(20, 96, 170)';
const BLUE_IN_DARK = 'rgb(108, 178, 245)';
const TOKEN = 'a-token-of-the-function';

describe('the status page', () => {
  it('names no address, and brings the licence of its library', async () => {
    const page = await statusPage();

    expect(page).toContain('Leon Sorokin');
    expect(page).toContain('Permission is hereby granted, free of charge');
    expect(page).not.toMatch(/<script [^>]*src|@import|url\(|https?:\/\//);
    expect(page.match(/<\/(?:script|style)>/g)).toEqual(['</style>', '</script>']);
  });
});

const inBrowser = CHROMIUM === undefined ? describe.skip : describe;

inBrowser('the status page in Chromium', () => {
  let status: Status = sampleStatus;
  /** Hits between two answers of `/health`. */
  let hitsMore = 0;
  let server: NodeHttpServer;
  let page: BrowserPage;

  const nextStatus = (): Status => {
    status = { ...status, counts: { ...status.counts, hits: status.counts.hits + hitsMore } };
    return status;
  };

  beforeAll(async () => {
    server = new NodeHttpServer({ port: 0, maxConnections: 16, maxHeaderBytes: 16_384 });
    const paged = new StatusPageServer(server, await statusPage());
    await paged.listen();
    await paged.serve(new AppUnderTest({ token: TOKEN, status: { status: nextStatus } }).handler);
    page = await BrowserPage.open(CHROMIUM ?? '', `http://localhost:${server.port}/`);
  }, 30_000);

  afterAll(async () => {
    await page.close();
    await server.close();
  });

  /** Resolves with the value of an expression in the page once it is true. */
  const when = (expression: string) =>
    page.evaluate(
      `new Promise((done) => { const look = () => { const value = ${expression}; if (value) done(value); else requestAnimationFrame(look); }; look(); })`,
    );

  const textOf = (id: string) => `document.getElementById('${id}')?.textContent`;

  it('shows the counts of /health, and follows them', async () => {
    expect(await when(textOf('hits'))).toBe('45');
    expect(await when(textOf('source-reads'))).toBe('9');

    status = { ...sampleStatus, counts: { ...sampleStatus.counts, hits: 1_040 } };

    expect(await when(`${textOf('hits')} === '1,045'`)).toBe(true);
    expect(await page.evaluate(textOf('hit-ratio'))).toBe('98.7 %');
  });

  it('shows how many requests come in a second', async () => {
    hitsMore = 1_000;

    const hits = `Number(${textOf('hits')}.replace(',', ''))`;
    expect(await when(`${hits} > 2000 && Number(${textOf('requests')}) > 100`)).toBe(true);
  });

  it('shows preload, observe mode, journal, tier and forwarded operations', async () => {
    const text = String(await page.evaluate(textOf('tables')));

    for (const part of ['Productscomplete2 entries', 'Pricespartial11 entriesout of room', 'Orders50 reads'])
      expect(text).toContain(part);
    for (const part of ['changed keys34', 'unproved42', 'consistent_read12']) expect(text).toContain(part);
  });

  it('plots the share of hits, the rates and the memory', async () => {
    const drawn = `[...document.querySelectorAll('canvas')].map((canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((byte) => byte > 0))`;

    expect(await page.evaluate(drawn)).toEqual([true, true, true]);
  });

  it('says that a token is needed elsewhere, and shows none', async () => {
    expect(await when(`!document.getElementById('note').hidden && ${textOf('note')}`)).toMatch(
      /^\/metrics and all items require a token here: .*CACHE_EXTENSION_TOKEN/,
    );
    expect(await page.evaluate('document.documentElement.outerHTML')).not.toContain(TOKEN);
  });

  it('follows the preference for light or dark', async () => {
    const background = 'getComputedStyle(document.body).backgroundColor';
    await page.prefer('light');
    const light = await page.evaluate(background);
    const plotInLight = await page.evaluate(PLOT);
    await page.prefer('dark');
    const dark = await page.evaluate(background);

    expect([light, dark]).toEqual(['rgb(255, 255, 255)', 'rgb(20, 24, 31)']);
    expect(plotInLight).toContain(BLUE_IN_LIGHT);
    expect(await when(`${PLOT}.includes('${BLUE_IN_DARK}')`)).toBe(true);
  });

  it('asks no other host', async () => {
    const urls = await page.evaluate(
      `[...new Set(performance.getEntriesByType('resource').map(({ name }) => name))].sort()`,
    );

    expect(urls).toEqual(['health', 'metrics'].map((path) => `http://localhost:${server.port}/${path}`));
  });

  it('says when it gets no answer any more, and keeps the figures', async () => {
    await server.close();

    expect(await when(`document.querySelector('#state.failed') && ${textOf('state')}`)).toMatch(
      /^No answer of \/health/,
    );
    expect(await page.evaluate(textOf('misses'))).toBe('6');
  });
});
