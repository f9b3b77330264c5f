import { dollars, estimateMonth, estimateRows } from '../../src/domain/estimate/estimate.ts';
import {
  ARCHITECTURES,
  defaultOf,
  ESTIMATED_COHERENCES,
  NUMERIC_INPUTS,
  PRICES,
} from '../../src/domain/estimate/estimate-inputs.ts';

/* The program of docs/estimate.html. */

const PRICE_NAMES = ['readUnitsMillion', 'writeUnitsMillion', 'gbSecondX86', 'gbSecondArm'];
const CHOICES = { coherence: ESTIMATED_COHERENCES, architecture: ARCHITECTURES };

const input = Object.fromEntries(Object.entries(NUMERIC_INPUTS).map(([name, spec]) => [name, spec.default]));
for (const [name, [first]] of Object.entries(CHOICES)) input[name] = first;
const prices = { ...PRICES };

/** Controls of inputs whose default depends on others, until a value is entered; each shows a value. */
const followers = new Map();
const follow = () => {
  for (const [name, display] of followers) {
    input[name] = defaultOf(name, input.memoryMb + input.extraMemoryMb);
    display(input[name]);
  }
};

/** Positions of a slider. Ranges reach over many powers of ten, so small values get most of the slider. */
const POSITIONS = 1000;
const POWER = { '%': 1 };
const powerOf = ({ unit }) => POWER[unit] ?? 4;
const valueAt = (position, spec) => {
  const value = spec.min + (spec.max - spec.min) * (position / POSITIONS) ** powerOf(spec);
  return Number(value.toPrecision(2));
};
const positionOf = (value, spec) =>
  Math.round(POSITIONS * ((value - spec.min) / (spec.max - spec.min)) ** (1 / powerOf(spec)));

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const numericControl = ([name, spec]) => {
  const number = make('input', {
    type: 'number',
    id: name,
    value: input[name],
    step: 'any',
    min: spec.min,
    max: spec.max,
  });
  const slider = make('input', { type: 'range', max: POSITIONS, value: positionOf(input[name], spec) });
  slider.setAttribute('aria-label', `${spec.text}, slider`);
  if (spec.isCpuTime) {
    followers.set(name, (value) => {
      number.value = value;
      slider.value = positionOf(value, spec);
    });
  }
  const set = (value) => {
    followers.delete(name);
    input[name] = Math.min(spec.max, Math.max(spec.min, value));
    show();
  };
  slider.addEventListener('input', () => {
    number.value = valueAt(Number(slider.value), spec);
    set(Number(number.value));
  });
  number.addEventListener('input', () => {
    if (!number.checkValidity() || number.value === '') return;
    slider.value = positionOf(Number(number.value), spec);
    set(Number(number.value));
  });
  const unit = spec.unit === '' ? '' : ` (${spec.unit})`;
  return make('p', {}, make('label', { htmlFor: name }, `${spec.text}${unit}`), slider, number);
};

const choiceControl = ([name, words]) => {
  const select = make('select', { id: name }, ...words.map((word) => make('option', {}, word)));
  select.addEventListener('input', () => {
    input[name] = select.value;
    show();
  });
  return make('p', {}, make('label', { htmlFor: name }, name), select);
};

const priceControl = (name) => {
  const number = make('input', { type: 'number', id: name, value: prices[name], step: 'any', min: 0 });
  number.addEventListener('input', () => {
    if (!number.checkValidity() || number.value === '') return;
    prices[name] = Number(number.value);
    show();
  });
  return make('p', {}, make('label', { htmlFor: name }, `${name} (USD)`), number);
};

const place = (id) => document.getElementById(id);

const show = () => {
  follow();
  const rows = estimateRows(estimateMonth(input, prices));
  place('rows').replaceChildren(
    ...rows.map(({ label, quantity, usd }) =>
      make(
        'tr',
        {},
        ...[label, quantity, usd === undefined ? '' : dollars(usd)].map((text) => make('td', {}, text)),
      ),
    ),
  );
  plot();
};

const WIDTH = 600;
const HEIGHT = 240;
const MARGIN = 30;

/** The amount that is saved, for each share of hits. */
const plot = () => {
  const amounts = Array.from(
    { length: 101 },
    (_, hitPercent) => estimateMonth({ ...input, hitPercent }, prices).netUsd,
  );
  const low = Math.min(0, ...amounts);
  const high = Math.max(0, ...amounts);
  const span = high - low || 1;
  const x = (percent) => MARGIN + (percent / 100) * (WIDTH - 2 * MARGIN);
  const y = (usd) => HEIGHT - MARGIN - ((usd - low) / span) * (HEIGHT - 2 * MARGIN);
  const { hitPercent } = input;
  const current = estimateMonth(input, prices).netUsd;
  place('zero').setAttribute('d', `M${x(0)} ${y(0)}H${x(100)}`);
  place('line').setAttribute('points', amounts.map((usd, percent) => `${x(percent)},${y(usd)}`).join(' '));
  place('current').setAttribute('cx', x(hitPercent));
  place('current').setAttribute('cy', y(current));
  place('high').textContent = dollars(high);
  place('low').textContent = dollars(low);
};

place('prices-of').textContent = `${PRICES.region}, ${PRICES.asOf}`;
place('inputs').append(
  ...Object.entries(NUMERIC_INPUTS).map(numericControl),
  ...Object.entries(CHOICES).map(choiceControl),
);
place('prices').append(...PRICE_NAMES.map(priceControl));
show();
