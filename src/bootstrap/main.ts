import { NodeHttpServer } from '../adapters/http/node-server.ts';
import { launch } from './launch.ts';

void launch((settings) => new NodeHttpServer(settings));
