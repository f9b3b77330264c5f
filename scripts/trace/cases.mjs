/**
 * A request to trace.
 *
 * @typedef {object} TracedRequest
 * @property {string} method
 * @property {string} target
 * @property {string} [operation] of DynamoDB, such as `GetItem`
 * @property {string} [body]
 */

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {readonly TracedRequest[]} before what is sent first: it loads what is loaded lazily, and fills the cache
 * @property {readonly TracedRequest[]} requests those that are traced, one by one; all of one kind
 */

export const TABLE = 'Products';
/** Enough for the optimizing compiler to have seen the code. */
const WARM_UPS = 60;
const RUNS = 15;
const IDS = Array.from({ length: WARM_UPS + RUNS }, (_, index) => `p-${index + 1}`);
const WARM_UP_IDS = IDS.slice(0, WARM_UPS);
const TRACED_IDS = IDS.slice(WARM_UPS);

/** What the table holds, in the form of DynamoDB JSON. */
export const ITEMS = IDS.map((id) => itemOf(id));

function itemOf(id) {
  return {
    id: { S: id },
    name: { S: `Product ${id}` },
    price: { N: '12.5' },
    tags: { L: [{ S: 'new' }, { S: 'small' }] },
  };
}

const get = (id) => ({ method: 'GET', target: `/dynamodb?name=${encodeURIComponent(`${TABLE}@@${id}`)}` });

const wire = (operation, input) => ({
  method: 'POST',
  target: '/',
  operation,
  body: JSON.stringify({ TableName: TABLE, ...input }),
});
const wireGet = (id) => wire('GetItem', { Key: { id: { S: id } } });
const wirePut = (id) => wire('PutItem', { Item: itemOf(id) });

/** Traces the first request for each of several items. */
const firstOf = (name, request) => ({
  name,
  before: WARM_UP_IDS.map(request),
  requests: TRACED_IDS.map(request),
});

/** Traces requests for one item that is in memory. */
const repeated = (name, request) => ({
  name,
  before: WARM_UP_IDS.map(() => request(IDS[0])),
  requests: TRACED_IDS.map(() => request(IDS[0])),
});

/** @type {readonly Case[]} */
export const CASES = [
  repeated('hit', get),
  firstOf('miss', get),
  repeated('wire GetItem hit', wireGet),
  firstOf('wire GetItem miss', wireGet),
  firstOf('wire PutItem', wirePut),
];

/** One of each kind, so that the parts that all requests of a kind share are loaded. */
const [A, B, C] = TRACED_IDS;
const KINDS = [get(A), get(A), wireGet(B), wireGet(B), wirePut(C)];

const REQUEST = /^(GET|HEAD|DELETE) (\/\S*)$/;
const OPERATION = /^POST \/ (\w+) (\{.*)$/s;

const FORMS = `allowed:
  ${CASES.map(({ name }) => name).join(' | ')}
  GET, HEAD or DELETE and a path: GET /dynamodb?name=${TABLE}@@p-1
  POST /, an operation of DynamoDB and its input: POST / GetItem {"TableName":"${TABLE}","Key":{"id":{"S":"p-1"}}}
The table ${TABLE} has the key id (S) and the items p-1 to ${WARM_UP_IDS.at(-1)}.`;

/**
 * The case that a text names or describes.
 *
 * @param {string} text a name, or a request line
 * @param {boolean} again whether a request is sent once before it is traced
 * @returns {Case}
 * @throws {TypeError} with the allowed forms
 */
export const caseOf = (text, again) => {
  const named = CASES.find(({ name }) => name === text);
  if (named !== undefined) return named;
  const request = requestOf(text);
  return { name: text, before: [...KINDS, ...(again ? [request] : [])], requests: [request] };
};

const requestOf = (text) => {
  const [, method, target] = REQUEST.exec(text) ?? [];
  if (method !== undefined) return { method, target };
  const [, operation, body] = OPERATION.exec(text) ?? [];
  if (operation === undefined) {
    throw new TypeError(`${JSON.stringify(text)} is neither a case nor a request; ${FORMS}`);
  }
  try {
    JSON.parse(body);
  } catch (error) {
    throw new TypeError(`the input of ${operation} is no JSON: ${error.message}; ${FORMS}`, { cause: error });
  }
  return { method: 'POST', target: '/', operation, body };
};
