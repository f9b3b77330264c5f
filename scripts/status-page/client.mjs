import uPlot from 'uplot';
import { rowsOf } from './rows.mjs';
import { Samples } from './samples.mjs';

/* The program of the status page. It asks `/health` each second: that has all counts of `/metrics`, and needs no token. */

const POLL_MS = 1000;
const ANSWER_MS = 5000;
const PLOT_HEIGHT = 180;

const samples = new Samples();

const byId = (id) => document.getElementById(id);
const make = (tag, text, ...children) => {
  const element = document.createElement(tag);
  element.textContent = text;
  element.append(...children);
  return element;
};
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);

const PLOTS = {
  ratio: { range: () => [0, 100], series: [{ label: 'Hits', colour: 'blue', digits: 1 }] },
  rates: {
    series: [
      { label: 'Requests', colour: 'blue', digits: 1 },
      { label: 'Source reads', colour: 'orange', digits: 1 },
      { label: 'Failures', colour: 'red', digits: 1 },
    ],
  },
  memory: { series: [{ label: 'Entries and keys', colour: 'blue', digits: 2 }] },
};

const fromZero = (_, _min, max) => [0, (max || 1) * 1.1];
const sizeIn = (place) => ({ width: place.clientWidth, height: PLOT_HEIGHT });

const plot = (id) => {
  const { range = fromZero, series } = PLOTS[id];
  const line = { stroke: colour('line'), width: 1 };
  const axis = { stroke: colour('soft'), grid: line, ticks: line };
  const lines = series.map(({ label, colour: name, digits }) => ({
    label,
    stroke: colour(name),
    width: 2,
    points: { show: false },
    value: (_, value) => (value == null ? '' : value.toFixed(digits)),
  }));
  const options = { scales: { y: { range } }, axes: [axis, axis], series: [{ label: 'Time' }, ...lines] };
  return new uPlot({ ...sizeIn(byId(id)), ...options }, samples.series(id), byId(id));
};

let plots = {};
const drawPlots = () => {
  for (const made of Object.values(plots)) made.destroy();
  plots = Object.fromEntries(Object.keys(PLOTS).map((id) => [id, plot(id)]));
};
// A plot keeps the colours that it was made with.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawPlots);
addEventListener('resize', () => {
  for (const [id, made] of Object.entries(plots)) made.setSize(sizeIn(byId(id)));
});

const show = (health) => {
  samples.add(health, Date.now());
  for (const [id, made] of Object.entries(plots)) made.setData(samples.series(id));
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
drawPlots();
poll();
