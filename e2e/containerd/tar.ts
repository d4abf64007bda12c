/** A regular file for an archive. */
export interface TarFile {
  /** Relative path, at most 100 bytes, ASCII. */
  readonly path: string;
  readonly content: Buffer;
  /** Permission bits; 0o644 by default. */
  readonly mode?: number;
}

const blockSize = 512;

/**
 * Packs files into an archive in the ustar format (POSIX.1-1988), owned by root and dated 1970, so that the same files
 * always give the same bytes.
 */
export function packTar(files: readonly TarFile[]): Buffer {
  const end = Buffer.alloc(2 * blockSize);
  return Buffer.concat([...files.flatMap((file) => [header(file), padded(file.content)]), end]);
}

function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc(-content.length & (blockSize - 1))]);
}

function header({ path, content, mode = 0o644 }: TarFile): Buffer {
  const block = Buffer.alloc(blockSize);
  block.write(path, 0, 100, 'ascii');
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108); // uid
  block.write(octal(0, 8), 116); // gid
  block.write(octal(content.length, 12), 124);
  block.write(octal(0, 12), 136); // mtime
  // The checksum is taken with its own field full of spaces.
  block.fill(' ', 148, 156);
  block.write('0', 156); // a regular file
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** Digits that fill a field but for the NUL at its end. */
const octal = (value: number, width: number): string =>
  `${value.toString(8).padStart(width - 1, '0')}\0`;
