import { createRequire } from 'node:module';
import type { Server, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { HealthImplementation } from 'grpc-health-check';
import { addLazyService, type LoadedService } from './lazy-service.js';
import type { OpenStreams } from './streams.js';

/** Name of the health service. */
export const healthService = 'grpc.health.v1.Health';

/** What the health service answers. */
export interface Health {
  /** SERVING or NOT_SERVING for the server as a whole (the empty name) and for each of its services. */
  setServing(serving: boolean): void;
}

/**
 * Serves `grpc.health.v1.Health`. It says NOT_SERVING until it is told otherwise.
 *
 * @param services - full names of the services that it answers for.
 */
export function addHealth(
  server: Server,
  services: readonly string[],
  streams: OpenStreams,
): Health {
  let serving = false;
  let health: HealthImplementation | undefined;
  const tell = (): void => {
    for (const name of ['', ...services]) {
      health?.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
    }
  };
  const load = (): LoadedService => {
    const { HealthImplementation } = loadHealthPackage();
    health = new HealthImplementation();
    tell();
    return registered(health);
  };
  addLazyService(
    server,
    healthService,
    [
      { name: 'Check', requestStream: false, responseStream: false },
      { name: 'List', requestStream: false, responseStream: false },
      { name: 'Watch', requestStream: false, responseStream: true },
    ],
    load,
    streams,
  );
  return {
    setServing(now) {
      serving = now;
      tell();
    },
  };
}

/** The package, loaded on first use: it takes 50 to 60 ms, most of it parsing a .proto file. */
function loadHealthPackage(): typeof import('grpc-health-check') {
  return createRequire(import.meta.url)('grpc-health-check') as typeof import('grpc-health-check');
}

/** What a package registers when it is given a server. */
export function registered(source: {
  addToServer(server: Pick<Server, 'addService'>): void;
}): LoadedService {
  let service: LoadedService | undefined;
  source.addToServer({
    addService: (definition: ServiceDefinition, implementation: UntypedServiceImplementation) => {
      service = { definition, implementation };
    },
  });
  if (service === undefined) throw new TypeError('the package registered no service');
  return service;
}
