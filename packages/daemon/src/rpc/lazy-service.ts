import type {
  MethodDefinition,
  Server,
  ServiceDefinition,
  UntypedHandleCall,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { EndableStream, OpenStreams } from './streams.js';

/** A service as a package of others registers it. */
export interface LoadedService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

/** A method's name and kind: all that has to be known before its service is loaded. */
export interface LazyMethod {
  readonly name: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

type Method = MethodDefinition<unknown, unknown>;

/**
 * Registers a service whose code is loaded on its first call. Health and reflection parse .proto files when
 * they are loaded, which would more than double the daemon's time to the first answer.
 *
 * @param streams - told of every stream that opens.
 */
export function addLazyService(
  server: Server,
  name: string,
  methods: readonly LazyMethod[],
  load: () => LoadedService,
  streams: OpenStreams,
): void {
  let loaded: LoadedService | undefined;
  const service = (): LoadedService => {
    loaded ??= load();
    return loaded;
  };
  const definition: Record<string, Method> = {};
  const implementation: UntypedServiceImplementation = {};
  for (const method of methods) {
    const real = (): Method => methodOf(service().definition, method.name);
    definition[method.name] = {
      path: `/${name}/${method.name}`,
      requestStream: method.requestStream,
      responseStream: method.responseStream,
      requestSerialize: (value: unknown) => real().requestSerialize(value),
      requestDeserialize: (bytes: Buffer) => real().requestDeserialize(bytes),
      responseSerialize: (value: unknown) => real().responseSerialize(value),
      responseDeserialize: (bytes: Buffer) => real().responseDeserialize(bytes),
    };
    implementation[method.name] = forward(() => handlerOf(service(), method.name), method, streams);
  }
  server.addService(definition, implementation);
}

/** Passes a call on, whatever its kind: the first argument is the call, a second one the callback. */
function forward(
  handler: () => (...args: unknown[]) => void,
  { responseStream }: LazyMethod,
  streams: OpenStreams,
): UntypedHandleCall {
  const passOn = (...args: unknown[]): void => {
    if (responseStream) streams.add(args[0] as EndableStream);
    handler()(...args);
  };
  return passOn as UntypedHandleCall;
}

/** Definitions spell a method as in the .proto (`Check`), implementations often with a small letter. */
function methodOf(definition: ServiceDefinition, name: string): Method {
  const method = definition[name] as Method | undefined;
  if (method === undefined) throw new TypeError(`the service has no method ${name}`);
  return method;
}

function handlerOf({ implementation }: LoadedService, name: string): (...args: unknown[]) => void {
  const small = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const handler = implementation[name] ?? implementation[small];
  if (handler === undefined) throw new TypeError(`the service has no handler for ${name}`);
  return handler as (...args: unknown[]) => void;
}
