import koffi from 'koffi';
import { NetlinkError } from '../error.js';

/** The functions of libnftables that are used (libnftables(3)). A context is an opaque pointer. */
export interface NftLibrary {
  newContext(flags: number): unknown;
  freeContext(context: unknown): void;
  setOutputFlags(context: unknown, flags: number): void;
  bufferOutput(context: unknown): number;
  bufferError(context: unknown): number;
  /** Runs one command buffer; 0 when it went well. */
  run(context: unknown, commands: string): number;
  output(context: unknown): string;
  error(context: unknown): string;
}

/** The name that has been the library's since its first release (nftables 0.9, 2018). */
const SONAME = 'libnftables.so.1';

let bound: NftLibrary | undefined;

/** The library, loaded at the first call. @throws {NetlinkError} NFTABLES when it is not installed. */
export function nftLibrary(): NftLibrary {
  bound ??= bind();
  return bound;
}

function bind(): NftLibrary {
  const library = load();
  return {
    newContext: library.func('void *nft_ctx_new(uint32_t flags)'),
    freeContext: library.func('void nft_ctx_free(void *context)'),
    setOutputFlags: library.func(
      'void nft_ctx_output_set_flags(void *context, unsigned int flags)',
    ),
    bufferOutput: library.func('int nft_ctx_buffer_output(void *context)'),
    bufferError: library.func('int nft_ctx_buffer_error(void *context)'),
    run: library.func('int nft_run_cmd_from_buffer(void *context, const char *commands)'),
    output: library.func('const char *nft_ctx_get_output_buffer(void *context)'),
    error: library.func('const char *nft_ctx_get_error_buffer(void *context)'),
  };
}

function load(): ReturnType<typeof koffi.load> {
  try {
    return koffi.load(SONAME);
  } catch (cause) {
    throw new NetlinkError('NFTABLES', 'open nftables', `${SONAME} cannot be loaded`, {
      cause,
      remedy: 'Install libnftables1 (Debian, Ubuntu) or nftables (Fedora, Alpine)',
    });
  }
}
