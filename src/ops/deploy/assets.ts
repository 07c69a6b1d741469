/** The files that deploy brings to a host. Real files, so that their own tools can test them. */
import { readFileSync } from 'node:fs';

export type AssetName = 'server.py' | 'look.sh' | 'transaction.sh';

/** Set by scripts/build.mjs: the bundle has no files beside it. */
declare const DEPLOY_ASSETS: Readonly<Record<AssetName, string>> | undefined;

/** The whole text of an asset. */
export function asset(name: AssetName): string {
  if (typeof DEPLOY_ASSETS !== 'undefined') return DEPLOY_ASSETS[name];
  return readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8');
}
