import type { AttributeMap } from '../../src/domain/dynamodb/json/dynamodb-json.ts';

/** A product; its description is what the cache is told to leave out. */
export const product = (pKey: string, sKey: string, name: string, price: string): AttributeMap => ({
  pKey: { S: pKey },
  sKey: { S: sKey },
  name: { S: name },
  price: { N: price },
  description: { S: 'Stoneware, fired twice, fit for the dishwasher. '.repeat(20) },
});

/** An order of two cups. */
export const order = (orderNumber: string, total: string): AttributeMap => ({
  orderNumber: { N: orderNumber },
  total: { N: total },
  lines: { L: [{ M: { product: { S: 'p1/s1' }, quantity: { N: '2' } } }] },
});

/** A small picture, by the digest of the large one in base64. */
export const thumbnail = (digest: string): AttributeMap => ({
  digest: { B: digest },
  width: { N: '64' },
  height: { N: '64' },
});

/** A switch of the function's behaviour. */
export const flag = (name: string, isOn: boolean): AttributeMap => ({
  flag: { S: name },
  on: { BOOL: isOn },
});
