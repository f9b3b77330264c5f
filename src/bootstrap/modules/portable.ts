import { applicationModule } from './application.module.ts';
import { awsModule } from './aws.module.ts';
import { httpModule } from './http.module.ts';
import { lifecycleModule, memoryModule, systemModule } from './system.module.ts';
import { tierModule } from './tier.module.ts';

/** All modules except the server, which depends on the runtime. */
export const PORTABLE = [
  systemModule,
  memoryModule,
  tierModule,
  applicationModule,
  awsModule,
  httpModule,
  lifecycleModule,
];
