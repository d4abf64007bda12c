import koffi from 'koffi';

/** Memory outside JavaScript's heap, zeroed, at an address that stays: for structures of the kernel that point to each other. */
export interface NativeMemory extends Disposable {
  /** The memory itself. Not to be touched after disposal. */
  readonly buffer: ArrayBuffer;
  /** Where it begins. */
  readonly address: number;
}

/** Takes `size` bytes. They are given back by disposal only: no collector knows of them. */
export function nativeMemory(size: number): NativeMemory {
  const pointer: unknown = koffi.alloc('uint8_t', size);
  const buffer = koffi.view(pointer, size);
  new Uint8Array(buffer).fill(0);
  return {
    buffer,
    // An address of user space has 47 bits, or 56 with five levels of tables, which nobody gets unasked.
    address: Number(koffi.address(pointer)),
    [Symbol.dispose]: () => koffi.free(pointer),
  };
}
