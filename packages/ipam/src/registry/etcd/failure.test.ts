import { describe, expect, it } from 'vitest';
import { classifyFailure, readError, writeError } from './failure.js';

describe('a failed call to etcd', () => {
  it.each([
    ['14 UNAVAILABLE: No connection established. Last error: ECONNREFUSED', 'unsent'],
    ['14 UNAVAILABLE: Connection dropped', 'lost'],
    ['14 UNAVAILABLE: etcdserver: request timed out', 'lost'],
    ['4 DEADLINE_EXCEEDED: Deadline exceeded after 5.000s,LB pick: 0.001s,remote_addr=x', 'lost'],
    ['GRPCDeadlineExceededError: 4 DEADLINE_EXCEEDED: Deadline exceeded after 1s', 'lost'],
    ['1 CANCELLED: Call cancelled', 'lost'],
    ['13 INTERNAL: Received RST_STREAM', 'lost'],
    ['8 RESOURCE_EXHAUSTED: etcdserver: mvcc: database space exceeded', 'refused'],
    ['8 RESOURCE_EXHAUSTED: Received message larger than max (5 vs 4)', 'lost'],
    ['7 PERMISSION_DENIED: etcdserver: permission denied', 'denied'],
    ['3 INVALID_ARGUMENT: etcdserver: user name is empty', 'denied'],
    ['16 UNAUTHENTICATED: etcdserver: invalid auth token', 'denied'],
    ['3 INVALID_ARGUMENT: etcdserver: duplicate key given in txn request', 'invalid'],
    ['11 OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted', 'compacted'],
    ['Lease Foo: 5 NOT_FOUND: etcdserver: requested lease not found is expired', 'refused'],
    ['something nobody has seen', 'lost'],
  ])('%s is %s', (message, kind) => {
    expect(classifyFailure(new Error(message)).kind).toBe(kind);
  });

  it('that is lost has not happened for a read, and may have for a write', () => {
    const lost = new Error('14 UNAVAILABLE: Connection dropped');
    expect(readError('reading a', lost)).toMatchObject({ code: 'UNAVAILABLE', cause: lost });
    expect(writeError('writing a', lost)).toMatchObject({ code: 'AMBIGUOUS', retryable: true });
  });
});
