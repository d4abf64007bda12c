/** What comes along with packages and is never asked for: pino's transports, and of gRPC channelz and ORCA. */

/** Modules that would start worker threads or read .proto files beside themselves, where nothing is. */
export const neverAsked =
  /node_modules\/(@grpc\/grpc-js\/build\/src\/(orca|channelz)|pino\/lib\/transport|thread-stream\/index)\.js$/;

/** A plugin of esbuild that leaves out the parser of .proto files that channelz and ORCA load when they are asked. */
export function neverParsed() {
  return {
    name: 'never parsed',
    setup({ onResolve }) {
      onResolve({ filter: /^@grpc\/proto-loader$/ }, ({ importer, path }) =>
        neverAsked.test(importer) ? { external: true, path } : undefined,
      );
    },
  };
}
