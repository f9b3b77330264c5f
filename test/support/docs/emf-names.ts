import * as v from 'valibot';
import { EmfMetrics } from '../../../src/adapters/observability/emf-metrics.ts';
import type { Status } from '../../../src/ports/inbound/status-reader.ts';
import { LineCollector } from '../../contracts/logger-line-collector.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const line = v.object({
  _aws: v.object({
    CloudWatchMetrics: v.array(v.object({ Metrics: v.array(v.object({ Name: v.string() })) })),
  }),
});

/** The names of the metrics that a status has in the embedded metric format. */
export const emfMetricsOf = (status: Status): readonly string[] => {
  const output = new LineCollector();
  const options = { output, clock: new FakeClock(), namespace: 'any', functionName: 'any' };
  new EmfMetrics(options).publish(status, true);
  const { _aws: embedded } = v.parse(line, output.objects()[0]);
  return embedded.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
};
