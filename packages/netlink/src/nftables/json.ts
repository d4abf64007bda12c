/** Any JSON value: where libnftables-json(5) allows more than this package names. */
export type NftJson =
  | string
  | number
  | boolean
  | null
  | readonly NftJson[]
  | { readonly [key: string]: NftJson | undefined };
