import type { StatusReader } from '../../../ports/inbound/status-reader.ts';
import { methodNotAllowed, problemResponse } from '../problem.ts';
import type { Answer } from './answer.ts';
import { PROMETHEUS_CONTENT_TYPE, prometheusText } from './prometheus.ts';

/** Answers 200 with the status as JSON. */
export const healthRoute = (reader: StatusReader): Answer =>
  reading('application/json', () => JSON.stringify({ status: 'ok', ...reader.status() }));

/** Answers 200 with the status in Prometheus' text format. */
export const metricsRoute = (reader: StatusReader, prefix: string): Answer =>
  reading(PROMETHEUS_CONTENT_TYPE, () => prometheusText(reader.status(), prefix));

const METHODS = 'GET, HEAD';

const reading =
  (contentType: string, write: () => string): Answer =>
  ({ method }) => {
    if (method !== 'GET' && method !== 'HEAD') return problemResponse(methodNotAllowed(METHODS));
    const body = write();
    return new Response(body, {
      headers: {
        'content-type': contentType,
        'content-length': String(Buffer.byteLength(body)),
        'cache-control': 'no-store',
      },
    });
  };
