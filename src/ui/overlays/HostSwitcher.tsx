/** The hosts to switch to, and why the last switch failed; or how hosts get a name. */
import type { ReactNode } from 'react';
import { useController } from '../context.ts';
import type { Overlay } from '../view.ts';
import { FilterBox } from './FilterBox.tsx';
import { failureRows, hostItems, hostRows, unnamedRows } from './host-rows.ts';
import { OverlayBox, overlayWidth, type ScreenSize } from './OverlayBox.tsx';

const WANTED = 72;

export function HostSwitcher({
  overlay,
  screen,
}: {
  readonly overlay: Overlay & { readonly kind: 'hosts' };
  readonly screen: ScreenSize;
}): ReactNode {
  const { hosts, deps } = useController();
  const words = deps.text.hosts.switcher;
  const width = overlayWidth(WANTED, screen);
  if (!hosts.choices.some(({ name }) => name !== null)) {
    const rows = unnamedRows(hosts.settingsPath, width, words);
    return <OverlayBox title={words.title} rows={rows} wanted={WANTED} screen={screen} />;
  }
  const items = hostItems(hosts.choices, overlay.query);
  const room = Math.max(1, screen.rows - 6);
  // The whole list keeps its height while it is filtered; a failure may take what it leaves.
  const height = Math.min(hosts.choices.length, overlay.failure === null ? 16 : 8, room);
  const failure = failureRows(overlay.failure, width, Math.max(0, room - height), words);
  const list = hostRows(items, Math.min(overlay.chosen, items.length - 1), width, height, words);
  return (
    <FilterBox
      title={words.title}
      query={overlay.query}
      hint={words.hint}
      list={[...list, ...failure]}
      wanted={WANTED}
      screen={screen}
    />
  );
}
