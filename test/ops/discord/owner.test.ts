/** One process at a time in a folder, and nobody once it has ended, however it ended. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { claimFolder } from '../../../src/ops/discord/owner.ts';
import { testFolder } from '../../support/folder.ts';

const owner = fileURLToPath(new URL('../../../src/ops/discord/owner.ts', import.meta.url));

describe('a folder', () => {
  it.each(process.platform === 'win32' ? (['win32'] as const) : ([process.platform, 'darwin'] as const))(
    'is claimed once, and again when it was released (as on %s)',
    async (platform) => {
      const folder = testFolder();
      const claim = await claimFolder(folder, platform);
      expect(claim).not.toBeNull();
      expect(await claimFolder(folder, platform)).toBeNull();
      expect(await claimFolder(testFolder(), platform)).not.toBeNull();
      await claim?.release();
      const again = await claimFolder(folder, platform);
      expect(again).not.toBeNull();
      await again?.release();
    },
  );

  it.each(process.platform === 'win32' ? (['win32'] as const) : ([process.platform, 'darwin'] as const))(
    'is free again when its process was killed (as on %s)',
    async (platform) => {
      const folder = testFolder();
      const script = `import { claimFolder } from ${JSON.stringify(owner)};
        const claim = await claimFolder(${JSON.stringify(folder)}, ${JSON.stringify(platform)});
        console.log(claim === null ? 'taken' : 'mine');
        setInterval(() => {}, 1000);`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [said] = await once(child.stdout, 'data');
      expect(String(said).trim()).toBe('mine');
      expect(await claimFolder(folder, platform)).toBeNull();
      child.kill('SIGKILL');
      await once(child, 'exit');
      const claim = await claimFolder(folder, platform);
      expect(claim).not.toBeNull();
      await claim?.release();
    },
  );
});
