/**
 * A link that takes the packets which a `mirred` action hands it, queues them and gives them back: so what arrives on
 * another link can be shaped. It has no options; it works when it is up.
 */
export interface IfbKind {
  readonly kind: 'ifb';
}
