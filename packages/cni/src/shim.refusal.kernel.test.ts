import { Metadata, status } from '@grpc/grpc-js';
import { CniError, type CniServiceServer, ErrorInfo, Status } from '@poplin/api';
import { describe, expect, it } from 'vitest';
import { errorOf } from './run-shim.js';
import { Stage } from './stage.js';
import { answer, serveHttp2 } from './stand-in.js';

const stage = new Stage();

function refusing(
  code: status,
  details: string,
  metadata = new Metadata(),
): CniServiceServer['add'] {
  return (_call, done) => done({ code, details, metadata });
}

describe('a refusal', () => {
  function details(
    error: Partial<CniError>,
    typeUrl = 'type.googleapis.com/poplin.cni.v1.CniError',
  ) {
    const metadata = new Metadata();
    const info = ErrorInfo.fromPartial({ reason: 'POOL_EXHAUSTED', domain: 'poplin' });
    const rich = Status.fromPartial({
      code: status.RESOURCE_EXHAUSTED,
      message: 'refused',
      details: [
        {
          typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo',
          value: Buffer.from(ErrorInfo.encode(info).finish()),
        },
        { typeUrl, value: Buffer.from(CniError.encode(CniError.fromPartial(error)).finish()) },
      ],
    });
    metadata.set('grpc-status-details-bin', Buffer.from(Status.encode(rich).finish()));
    return metadata;
  }

  it('with details is printed as the daemon composed it', async () => {
    const error = {
      code: 101,
      msg: 'pool "default" is full: 100 %, ä',
      details: 'line 1\nline 2\t"',
    };
    await stage.serve({ add: refusing(status.RESOURCE_EXHAUSTED, 'x', details(error)) });
    expect(errorOf(await stage.run({}, { cniVersion: '0.4.0' }))).toEqual({
      cniVersion: '0.4.0',
      ...error,
    });
  });

  it('without longer details has none in the error object', async () => {
    await stage.serve({ add: refusing(status.INTERNAL, 'x', details({ code: 7, msg: 'no' })) });
    expect(errorOf(await stage.run())).toEqual({ cniVersion: '1.0.0', code: 7, msg: 'no' });
  });

  it('with details of unpadded base64 is understood', async () => {
    const [padded] = details({ code: 102, msg: 'one' }).get('grpc-status-details-bin');
    const text = Buffer.from(padded ?? '').toString('base64');
    stage.standIn = await serveHttp2(stage.freshSocket(), (stream) =>
      answer(stream, Buffer.alloc(0), {
        'grpc-status': '8',
        'grpc-status-details-bin': text.replace(/=+$/, ''),
      }),
    );
    expect(errorOf(await stage.run())).toMatchObject({ code: 102, msg: 'one' });
  });

  it('whose details are of another type falls back to the status', async () => {
    const other = details({ code: 7, msg: 'no' }, 'type.googleapis.com/x.CniError');
    await stage.serve({ add: refusing(status.INTERNAL, 'plain words', other) });
    expect(errorOf(await stage.run())).toMatchObject({
      code: 999,
      msg: expect.stringMatching(/container c0ffee, interface eth0.*plain words$/),
    });
  });

  it('whose details are damaged falls back to the status', async () => {
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', Buffer.from([0x1a, 0xff, 0xff]));
    await stage.serve({ add: refusing(status.INTERNAL, 'plain words', metadata) });
    expect(errorOf(await stage.run())).toMatchObject({ code: 999 });
  });

  it.each([
    [status.UNAVAILABLE, 11],
    [status.DEADLINE_EXCEEDED, 11],
    [status.INTERNAL, 999],
    [status.UNIMPLEMENTED, 999],
  ])('of gRPC status %i alone has code %i and the words of the status', async (code, expected) => {
    await stage.serve({ add: refusing(code, 'ümlaut, 100 % and "quotes"') });
    expect(errorOf(await stage.run())).toMatchObject({
      code: expected,
      msg: expect.stringContaining('ümlaut, 100 % and "quotes"'),
    });
  });
});
