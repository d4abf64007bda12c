import type {
  handleUnaryCall,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Log } from '@poplin/net';
import { type EncodedMethod, encoded } from './one-call/method.js';
import { type UnaryHandler, type UnaryMethod, unary } from './unary.js';

/** A service with its methods, ready to be served. */
export interface RpcService {
  /** Full name: `poplin.cni.v1.CniService`. */
  readonly name: string;
  readonly definition: ServiceDefinition;
  /** The grpc-js handlers; `log` is told of calls that fail. */
  implement(log: Log): UntypedServiceImplementation;
  /** The same methods by their path, for calls that do not come through grpc-js. */
  encoded(log: Log): readonly (readonly [path: string, EncodedMethod])[];
}

/** What ts-proto generates for a unary method. */
interface UnaryDefinition<Request, Response> {
  readonly path: string;
  readonly requestStream: false;
  readonly responseStream: false;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly requestDeserialize: (value: Buffer) => Request;
  readonly responseSerialize: (value: Response) => Buffer;
  readonly responseDeserialize: (value: Buffer) => Response;
}

/** The methods that a definition asks for; a bare function is a method without a check. */
export type Methods<Definition> = {
  readonly [Name in keyof Definition]: Definition[Name] extends UnaryDefinition<
    infer Req,
    infer Res
  >
    ? UnaryMethod<Req, Res> | UnaryHandler<Req, Res>
    : never;
};

/** Joins a generated definition and its methods: `service(CniServiceService, { add, del })`. */
export function service<Definition extends ServiceDefinition>(
  definition: Definition,
  methods: Methods<Definition>,
): RpcService {
  const given = Object.entries(methods) as [
    string,
    UnaryMethod<unknown, unknown> | UnaryHandler<unknown, unknown>,
  ][];
  const entries = given.map(
    ([name, method]) => [name, typeof method === 'function' ? { handle: method } : method] as const,
  );
  return {
    name: serviceName(definition),
    definition,
    implement: (log) =>
      Object.fromEntries(
        entries.map(([name, method]): [string, handleUnaryCall<unknown, unknown>] => [
          name,
          unary(method, log),
        ]),
      ),
    encoded: (log) =>
      entries.flatMap(([name, method]) => {
        const codec = definition[name];
        return codec ? [[codec.path, encoded(codec, method, log)] as const] : [];
      }),
  };
}

/** The middle of `/poplin.cni.v1.CniService/Add`. */
function serviceName(definition: ServiceDefinition): string {
  const path = Object.values(definition)[0]?.path ?? '';
  return path.split('/')[1] ?? '';
}
