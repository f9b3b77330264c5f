import { type Application, type ApplicationOptions, createApplication } from './create-application.ts';
import { keyOf } from './groups.ts';

/** The use cases with the key `k` in memory since now, with the text `v1`; the source has `v2` by now. */
export const filledApplication = async (options: ApplicationOptions = {}): Promise<Application> => {
  const app = createApplication(options);
  app.source.put(keyOf('k'), 'v1');
  await app.read(keyOf('k'));
  app.source.put(keyOf('k'), 'v2');
  return app;
};
