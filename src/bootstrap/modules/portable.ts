import { applicationModule } from './application.module.ts';
import { httpModule } from './http.module.ts';
import { lifecycleModule, memoryModule, systemModule } from './system.module.ts';

import { wireModule } from './wire.module.ts';

/** All but the server, which is another on each runtime. */
export const PORTABLE = [
  systemModule,
  memoryModule,
  applicationModule,
  wireModule,
  httpModule,
  lifecycleModule,
];
