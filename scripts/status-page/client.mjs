import uPlot from 'uplot';
import { rowsOf } from './rows.mjs';
import { Samples } from './samples.mjs';

/* The program of the status page. It asks `/health` each second: that has all counts of `/metrics`, and needs no token. */

const POLL_MS = 1000;
const ANSWER_MS = 5000;
const PLOT_HEIGHT = 180;

const byId = (id) => document.getElementById(id);
const make = (tag, text, ...children) => {
  const element = document.createElement(tag);
  element.textContent = text;
  element.append(...children);
  return element;
};
const colour = (name) => () => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);

const plot = (id, series, range) => {
  const place = byId(id);
  const axis = {
    stroke: colour('soft'),
    grid: { stroke: colour('line') },
    ticks: { stroke: colour('line') },
  };
  const size = () => ({ width: place.clientWidth, height: PLOT_HEIGHT });
  const made = new uPlot(
    {
      ...size(),
      scales: { y: { range } },
      axes: [axis, axis],
      series: [
        { label: 'Time' },
        ...series.map(({ label, stroke, digits }) => ({
          label,
          stroke: colour(stroke),
          width: 2,
          value: (_, value) => (value == null ? '' : value.toFixed(digits)),
        })),
      ],
    },
    undefined,
    place,
  );
  addEventListener('resize', () => made.setSize(size()));
  // Strokes are read from the style when it is drawn.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => made.redraw(true, true));
  return made;
};

const fromZero = (_, _min, max) => [0, Math.max(1, max ?? 0) * 1.1];
const plots = {
  ratio: plot('ratio', [{ label: 'Hits', stroke: 'blue', digits: 1 }], () => [0, 100]),
  rates: plot(
    'rates',
    [
      { label: 'Requests', stroke: 'blue', digits: 1 },
      { label: 'Source reads', stroke: 'orange', digits: 1 },
      { label: 'Failures', stroke: 'red', digits: 1 },
    ],
    fromZero,
  ),
  memory: plot('memory', [{ label: 'Entries, keys included', stroke: 'blue', digits: 2 }], fromZero),
};

const samples = new Samples();

const show = (health) => {
  samples.add(health, Date.now());
  for (const [name, made] of Object.entries(plots)) made.setData(samples.series(name));
  const { figures, tables } = rowsOf(health, samples.latest);
  byId('figures').replaceChildren(
    ...figures.map(({ id, label, text }) => {
      const value = Object.assign(make('dd', text), { id });
      return make('div', '', make('dt', label), value);
    }),
  );
  byId('tables').replaceChildren(
    ...tables.map(({ title, rows }) => {
      const body = rows.map((cells) => make('tr', '', ...cells.map((cell) => make('td', cell))));
      return make('section', '', make('h2', title), make('table', '', ...body));
    }),
  );
};

const state = (text, failed) => {
  byId('state').textContent = text;
  byId('state').classList.toggle('failed', failed);
};

const ask = async (path, method) => {
  const answer = await fetch(path, { method, cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MS) });
  if (path === '/health' && !answer.ok) throw new Error(`status ${answer.status}`);
  return answer;
};

/** Says once that a token is needed, because links and other tools would meet the same refusal. */
const noteOfToken = async () => {
  const { status } = await ask('/metrics', 'HEAD');
  if (status !== 403) return;
  byId('note').textContent =
    '/metrics and all items require a token here: send the value of CACHE_EXTENSION_TOKEN as X-Aws-Parameters-Secrets-Token. This page shows the same counts from /health, which requires none.';
  byId('note').hidden = false;
};

let isNoted = false;
const poll = async () => {
  try {
    show(await (await ask('/health', 'GET')).json());
    state(`${location.host}, asked each second`, false);
    if (!isNoted) await noteOfToken();
    isNoted = true;
  } catch (error) {
    state(
      `No answer of /health (${error.message}). The page keeps asking; figures are the last known.`,
      true,
    );
  }
  setTimeout(poll, POLL_MS);
};
poll();
