import { parseInterfaceAddress, tryParseIp } from '@poplin/net';
import { z } from 'zod';
import { problemsOf } from '../../config/index.js';
import { invalidConfig } from '../error.js';
import { isObject, type JsonObject } from '../network-config/document.js';
import type { CniVersion } from '../version.js';
import type { ResultInterface, ResultIp } from './attachment-result.js';

/** The result of the plugins before this one (ADD), or of the whole chain (CHECK). */
export interface PreviousResult {
  readonly cniVersion: CniVersion;
  readonly interfaces: readonly ResultInterface[];
  readonly ips: readonly ResultIp[];
  readonly routes: readonly PreviousRoute[];
  /** Word for word, with everything that is not read here. */
  readonly document: JsonObject;
}

/** A route of somebody's. Texts as they are: other plugins may write a destination with host bits. */
export interface PreviousRoute {
  readonly dst: string;
  readonly gw?: string;
  readonly mtu?: number;
  readonly advmss?: number;
  readonly priority?: number;
  readonly table?: number;
  readonly scope?: number;
}

/** Go prints null for a list or value that it does not have. */
function said<T extends z.core.$ZodType>(schema: T) {
  return z.preprocess((value) => value ?? undefined, z.optional(schema));
}

const text = said(z.string('must be a text'));
const number = said(z.number('must be a number'));

const schema = z.object({
  interfaces: said(z.array(z.object({ name: z.string(), mac: text, mtu: number, sandbox: text }))),
  ips: said(z.array(z.object({ address: z.string(), gateway: text, interface: number }))),
  routes: said(
    z.array(
      z.object({
        dst: z.string(),
        gw: text,
        mtu: number,
        advmss: number,
        priority: number,
        table: number,
        scope: number,
      }),
    ),
  ),
});

/**
 * Reads `prevResult`. Tolerant: what is not known is kept, what is missing was not said. Its version must be that of the
 * configuration (CNI spec 1.1.0, "Derived execution configuration"), or absent.
 *
 * @returns `undefined` when there is none.
 * @throws {CniCallError} INVALID_NETWORK_CONFIG.
 */
export function parsePrevResult(
  config: JsonObject,
  cniVersion: CniVersion,
): PreviousResult | undefined {
  const document = config.prevResult ?? undefined;
  if (document === undefined) return undefined;
  if (!isObject(document)) throw refusal('', 'must be a mapping of keys to values');
  const version = document.cniVersion ?? '';
  if (version !== '' && version !== cniVersion) {
    throw refusal(
      'cniVersion',
      `is ${JSON.stringify(version)}, but the configuration is of ${cniVersion}`,
    );
  }
  const parsed = schema.safeParse(document);
  if (!parsed.success) {
    const problems = problemsOf(schema, document, parsed.error);
    throw invalidConfig(problems.map((one) => ({ ...one, path: `prevResult.${one.path}` })));
  }
  const { interfaces = [], ips = [], routes = [] } = parsed.data;
  return {
    cniVersion,
    interfaces: interfaces.map((one) => withoutUndefined(one)),
    ips: ips.map((one, place) => ipOf(one, place, interfaces.length)),
    routes: routes.map((one) => withoutUndefined(one)),
    document,
  };
}

type RawIp = NonNullable<z.infer<typeof schema>['ips']>[number];

/** An index that leads nowhere would lead to our interface once it is appended. */
function ipOf(raw: RawIp, place: number, interfaces: number): ResultIp {
  const { ip, length } = addressOf(raw.address, place);
  const gateway = tryParseIp(raw.gateway ?? '');
  const at = raw.interface;
  if (at !== undefined && !(Number.isInteger(at) && at >= 0 && at < interfaces)) {
    throw refusal(`ips[${place}].interface`, `is ${at}, but there are ${interfaces} interfaces`);
  }
  return {
    ip,
    length,
    ...(gateway !== undefined && { gateway }),
    ...(at !== undefined && { interface: at }),
  };
}

function addressOf(text: string, place: number) {
  try {
    return parseInterfaceAddress(text);
  } catch {
    throw refusal(`ips[${place}].address`, `${JSON.stringify(text)} is not address/length`);
  }
}

function refusal(path: string, message: string) {
  return invalidConfig([{ path: path === '' ? 'prevResult' : `prevResult.${path}`, message }]);
}

type Said<T> = { readonly [Key in keyof T]: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(value: T): Said<T> {
  const said = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(said) as Said<T>;
}
