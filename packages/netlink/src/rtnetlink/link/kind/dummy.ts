/** A link that drops what it is sent; holds addresses. It has no options. Needs the kernel's `dummy` module. */
export interface DummyKind {
  readonly kind: 'dummy';
}
