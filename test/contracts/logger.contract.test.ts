import { JsonLogger } from '../../src/adapters/observability/json-logger.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { RecordingLogger } from '../support/fakes/recording-logger.ts';
import { describeLogger } from './logger.contract.ts';
import { LineCollector } from './logger-line-collector.ts';

describeLogger({
  name: 'JsonLogger',
  create: () => {
    const output = new LineCollector();
    const lines = () =>
      output.objects().map(({ timestamp, level, message, ...fields }) => ({
        level: String(level).toLowerCase(),
        message: String(message),
        fields,
      }));
    return { logger: new JsonLogger({ output, clock: new FakeClock(), level: 'debug' }), lines };
  },
});

describeLogger({
  name: 'RecordingLogger',
  create: () => {
    const logger = new RecordingLogger();
    return { logger, lines: () => logger.lines };
  },
});
