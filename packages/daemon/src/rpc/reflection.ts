import { createRequire } from 'node:module';
import type { Server } from '@grpc/grpc-js';
import type { ReflectionService } from '@grpc/reflection';
import { splitDescriptorSet } from './descriptors.js';
import { addLazyService, type LoadedService } from './lazy-service.js';
import type { OpenStreams } from './streams.js';

/** The two versions of the reflection service that tools ask for. */
const versions = ['v1', 'v1alpha'] as const;

type Package = ConstructorParameters<typeof ReflectionService>[0];

/**
 * Serves reflection, so that `grpcurl list` and its like work without .proto files.
 *
 * @param readDescriptors - gives the FileDescriptorSet; called on the first call to the service.
 */
export function addReflection(
  server: Server,
  readDescriptors: () => Uint8Array,
  streams: OpenStreams,
): void {
  let loaded: ReadonlyMap<string, LoadedService> | undefined;
  const load = (name: string): LoadedService => {
    loaded ??= loadReflection(readDescriptors());
    const service = loaded.get(name);
    if (service === undefined) throw new TypeError(`@grpc/reflection has no ${name}`);
    return service;
  };
  for (const version of versions) {
    const name = `grpc.reflection.${version}.ServerReflection`;
    const method = { name: 'ServerReflectionInfo', requestStream: true, responseStream: true };
    addLazyService(server, name, [method], () => load(name), streams);
  }
}

/** Loads both versions by the names under which they register. */
function loadReflection(descriptors: Uint8Array): ReadonlyMap<string, LoadedService> {
  const reflection = createRequire(import.meta.url)(
    '@grpc/reflection',
  ) as typeof import('@grpc/reflection');
  const files = splitDescriptorSet(descriptors);
  // Of a package definition, reflection reads nothing but the files; parsing them into types as
  // proto-loader does would cost time and rename them.
  const all = { fileDescriptorProtos: files } as unknown as Package[string];
  const services = new Map<string, LoadedService>();
  new reflection.ReflectionService({ all }).addToServer({
    addService: (definition, implementation) => {
      const name = Object.values(definition)[0]?.path.split('/')[1] ?? '';
      services.set(name, { definition, implementation });
    },
  });
  return services;
}
