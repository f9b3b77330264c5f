import { createInterface } from 'node:readline';
import { readProduct } from '../../../../examples/clients/nodejs/products.mjs';

for await (const line of createInterface({ input: process.stdin })) {
  const [pKey, sKey] = line.split(' ');
  console.log(JSON.stringify((await readProduct(pKey, sKey)) ?? null));
}
