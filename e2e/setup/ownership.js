/** `sudo npm run …` works in somebody's checkout: what it makes there shall be theirs, not root's. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { checkout, isRoot } from './checkout.js';

/** Gives everything of root's in the checkout to the checkout's owner; nothing to do when that is root. */
export function returnToOwner() {
  const { uid, gid } = statSync(checkout);
  if (!isRoot || uid === 0) return;
  spawnSync('chown', ['-hR', '--from=root', `${uid}:${gid}`, checkout], { stdio: 'inherit' });
}
