import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { throwawayNamespace } from '../../test-support/throwaway-namespaces.js';
import { readSysctl, writeSysctl } from './sysctl.js';

const key = 'net/ipv4/ip_forward';

describe('sysctls', () => {
  it('reads and writes inside a namespace and leaves the own one alone', async () => {
    using host = throwawayNamespace();
    const { netns } = host;
    const own = readFileSync(`/proc/sys/${key}`, 'utf8');
    for (const value of ['1', '0', '1']) {
      await writeSysctl(key, value, { netns });
      expect(host.exec('cat', `/proc/sys/${key}`).trim()).toBe(value);
      expect(readSysctl(key, { netns })).toBe(value);
    }
    expect(readFileSync(`/proc/sys/${key}`, 'utf8')).toBe(own);
    expect(readSysctl(key)).toBe(own.trim());
  });

  it('reaches an interface with a dot in its name', async () => {
    using host = throwawayNamespace();
    host.exec('ip', 'link', 'add', 'poplin.test', 'type', 'bridge');
    const rpFilter = 'net/ipv4/conf/poplin.test/rp_filter';
    await writeSysctl(rpFilter, '2', { netns: host.netns });
    expect(host.exec('cat', `/proc/sys/${rpFilter}`).trim()).toBe('2');
  });

  it('says what is wrong', async () => {
    using host = throwawayNamespace();
    const options = { netns: host.netns };
    const error = (code: string): object => expect.objectContaining({ code });
    expect(() => readSysctl('net/ipv4/no_such', options)).toThrow(error('ENOENT'));
    await expect(writeSysctl('net/ipv4/no_such', '1', options)).rejects.toThrow(error('ENOENT'));
    await expect(writeSysctl(key, 'many', options)).rejects.toMatchObject({
      code: 'EINVAL',
      message: 'write sysctl net/ipv4/ip_forward = many: Invalid argument (EINVAL)',
    });
  });
});
