import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Client,
  type ClientDuplexStream,
  credentials,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import {
  AddResponse,
  AttachmentServiceService,
  CniServiceService,
  ConfigServiceService,
  IpamServiceService,
  NodeServiceService,
} from '@poplin/api';
import { silentLog } from '@poplin/net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { splitDescriptorSet } from './descriptors.js';
import { type RpcServer, serve } from './server.js';
import { service } from './service.js';
import { type TakenSocket, takeSocket } from './socket.js';

/**
 * Health and reflection as tools see them: the client writes and reads protobuf by hand, so that neither
 * service is checked with its own package.
 */

let image: Uint8Array;
let dir: string;
let socket: TakenSocket;
let server: RpcServer;
let client: Client;

beforeAll(() => {
  const root = new URL('../../../../', import.meta.url).pathname;
  const out = mkdtempSync(join(tmpdir(), 'poplin-image-'));
  const file = join(out, 'poplin.binpb');
  try {
    execFileSync(join(root, 'node_modules/.bin/buf'), ['build', '-o', file], {
      cwd: join(root, 'proto'),
    });
    image = readFileSync(file);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'poplin-tools-'));
  const socketPath = join(dir, 'poplin.sock');
  const refuse = (): Promise<never> => Promise.reject(new Error('not called here'));
  socket = await takeSocket(socketPath);
  server = await serve({
    socket,
    services: [
      service(CniServiceService, {
        add: async () => AddResponse.create(),
        del: async () => ({}),
        check: refuse,
        status: refuse,
        gc: refuse,
      }),
      service(AttachmentServiceService, { listAttachments: refuse, setBandwidth: refuse }),
      service(IpamServiceService, { listBlocks: refuse, listAddresses: refuse }),
      service(NodeServiceService, {
        getStatus: refuse,
        listNodes: refuse,
        listPeers: refuse,
        explainRoute: refuse,
      }),
      service(ConfigServiceService, { getConfig: refuse, applyConfig: refuse }),
    ],
    readDescriptors: () => image,
    log: silentLog,
  });
  client = new Client(`unix:${socketPath}`, credentials.createInsecure());
});
afterEach(async () => {
  client.close();
  await server.drain(0);
  await socket.release();
  rmSync(dir, { recursive: true, force: true });
});

const same = (bytes: Buffer): Buffer => bytes;

/** A length-delimited field; the lengths here fit one byte. */
function field(number: number, value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.of((number << 3) | 2, bytes.length), bytes]);
}

/** The fields of a message: number and varint or bytes. */
function fieldsOf(message: Buffer): { number: number; value: number | Buffer }[] {
  const fields: { number: number; value: number | Buffer }[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message.readUInt8(at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    if ((tag & 7) === 0) fields.push({ number: tag >> 3, value: varint() });
    else if ((tag & 7) === 2) {
      const length = varint();
      fields.push({ number: tag >> 3, value: message.subarray(at, at + length) });
      at += length;
    } else throw new Error(`wire type ${tag & 7}`);
  }
  return fields;
}

/** Contents of the length-delimited fields with a number. */
function parts(message: Buffer, number: number): Buffer[] {
  return fieldsOf(message).flatMap((one) =>
    one.number === number && Buffer.isBuffer(one.value) ? [one.value] : [],
  );
}

describe('grpc.health.v1', () => {
  function check(name: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const path = '/grpc.health.v1.Health/Check';
      client.makeUnaryRequest(path, same, same, field(1, name), (error, response) => {
        if (error) reject(error);
        else resolve(Number(fieldsOf(response ?? Buffer.alloc(0))[0]?.value));
      });
    });
  }
  const [serving, notServing] = [1, 2];

  it('says NOT_SERVING until it is told, for the server and for each service', async () => {
    expect(await check('')).toBe(notServing);
    expect(await check('poplin.cni.v1.CniService')).toBe(notServing);
    server.setServing(true);
    expect(await check('')).toBe(serving);
    expect(await check('poplin.cni.v1.CniService')).toBe(serving);
    server.setServing(false);
    expect(await check('')).toBe(notServing);
  });

  it('knows what it was told before the first question', async () => {
    server.setServing(true);
    expect(await check('')).toBe(serving);
  });

  it('does not know other services', async () => {
    await expect(check('nobody')).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  it('tells a watcher of every change, and does not hold up draining', async () => {
    server.setServing(true);
    const seen: unknown[] = [];
    const stream = client.makeServerStreamRequest(
      '/grpc.health.v1.Health/Watch',
      same,
      same,
      field(1, ''),
    );
    const ended = new Promise<ServiceError | undefined>((resolve) => {
      stream.on('error', resolve);
      stream.on('end', () => resolve(undefined));
    });
    await new Promise<void>((resolve) => {
      stream.on('data', (message: Buffer) => {
        seen.push(fieldsOf(message)[0]?.value);
        resolve();
      });
    });
    await server.drain(60_000);
    expect(await ended).toBeUndefined();
    expect(seen).toEqual([serving, notServing]);
  });
});

describe.each(['v1', 'v1alpha'])('grpc.reflection.%s', (version) => {
  /** Asks one question; gives the response message. */
  function ask(request: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
      const stream: ClientDuplexStream<Buffer, Buffer> = client.makeBidiStreamRequest(
        path,
        same,
        same,
      );
      stream.on('data', resolve);
      stream.on('error', reject);
      stream.end(request);
    });
  }
  const [fileByName, fileContainingSymbol, listServices] = [3, 4, 7];
  const [descriptorResponse, listResponse, errorResponse] = [4, 6, 7];

  it('lists every service', async () => {
    const [list = Buffer.alloc(0)] = parts(await ask(field(listServices, '*')), listResponse);
    const names = parts(list, 1).map((one) => String(parts(one, 1)[0]));
    expect(names.sort()).toEqual([
      'grpc.health.v1.Health',
      'poplin.cni.v1.CniService',
      'poplin.ipam.v1.IpamService',
      'poplin.node.v1.AttachmentService',
      'poplin.node.v1.ConfigService',
      'poplin.node.v1.NodeService',
    ]);
  });

  it.each([
    ['poplin.cni.v1.CniService', ['poplin/cni/v1/cni.proto']],
    [
      'poplin.node.v1.NodeService.GetStatus',
      ['poplin/node/v1/node.proto', 'google/protobuf/timestamp.proto'],
    ],
  ])('gives the files that declare %s, under their own names', async (symbol, files) => {
    const response = await ask(field(fileContainingSymbol, symbol));
    const [found = Buffer.alloc(0)] = parts(response, descriptorResponse);
    expect(parts(found, 1).map((file) => String(parts(file, 1)[0]))).toEqual(files);
  });

  it('describes the health service well enough for tools that check map entries', async () => {
    const response = await ask(field(fileContainingSymbol, 'grpc.health.v1.Health'));
    const [found = Buffer.alloc(0)] = parts(response, descriptorResponse);
    // protobuf names the entry of `map<…> statuses` so, and Go refuses any other name.
    expect(String(parts(found, 1)[0])).toContain('StatusesEntry');
  });

  it('gives a file by its name', async () => {
    const response = await ask(field(fileByName, 'poplin/ipam/v1/ipam.proto'));
    expect(parts(response, descriptorResponse)).toHaveLength(1);
  });

  it('says that it does not know a symbol', async () => {
    const [error = Buffer.alloc(0)] = parts(
      await ask(field(fileContainingSymbol, 'a.B')),
      errorResponse,
    );
    expect(fieldsOf(error)[0]).toEqual({ number: 1, value: status.NOT_FOUND });
  });
});

describe('splitDescriptorSet', () => {
  it('finds the files of an image', () => {
    const names = splitDescriptorSet(image).map((file) => String(parts(file, 1)[0]));
    expect(names).toContain('poplin/cni/v1/cni.proto');
  });

  it.each([
    ['another message', Buffer.of(0x08, 1)],
    ['a set that ends early', Buffer.of(0x0a, 5, 1)],
    ['a length without end', Buffer.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['a tag alone', Buffer.of(0x0a)],
  ])('refuses %s', (_name, bytes) => {
    expect(() => splitDescriptorSet(bytes)).toThrow(RangeError);
  });
});
