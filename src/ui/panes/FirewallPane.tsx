/** The firewall's zones: what is open now and after a reload. */
import type { ReactNode } from 'react';
import type { ConsoleState } from '../../state/store.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { contentWidth } from '../components/frame-rows.ts';
import { PaneFrame, type PaneProps } from '../components/PaneFrame.tsx';
import { useController, useFacts } from '../context.ts';
import { leftWidth } from '../layout.ts';
import type { Row } from '../rows.ts';
import { failureSentence } from '../sentences.ts';
import { absentRows, refusedRows } from './absent-rows.ts';
import { firewallRows } from './firewall-rows.ts';

export function FirewallPane(props: PaneProps): ReactNode {
  const { deps } = useController();
  const seen = useFacts(firewallOf);
  const { width, body } = props.place;
  return <PaneFrame {...props} rows={rowsOf(seen, contentWidth(width), body, deps.text)} />;
}

/** Rows that all of it would take, for the layout. While nothing is known, none: its least will do. */
export function useFirewallLength(columns: number): number {
  const { text } = useController().deps;
  return useFacts((state) => {
    const seen = firewallOf(state);
    if (seen.facts === null) return 0;
    return rowsOf(seen, contentWidth(leftWidth(columns)), Number.POSITIVE_INFINITY, text).length;
  });
}

type SeenFirewall = ReturnType<typeof firewallOf>;

const firewallOf = ({ firewall, firewallFailure, interfaces, subject, way }: ConsoleState) => ({
  facts: firewall?.value ?? null,
  failure: firewallFailure,
  interfaces,
  subject,
  way,
});

function rowsOf(
  { facts, failure, interfaces, subject, way }: SeenFirewall,
  width: number,
  height: number,
  text: Catalogue,
): Row[] {
  if (facts === null) return absentRows(failure, width, text);
  const why = facts.refused ?? failure;
  const { refused: what, howPermitted: how, unread } = text.console.firewall;
  const refused =
    why === null
      ? []
      : why.code === 'not-permitted'
        ? refusedRows({ what, how, detail: why.detail }, width)
        : refusedRows({ what: unread, how: failureSentence(why, text), detail: '' }, width);
  const view = { facts, interfaces, address: subject.address, port: subject.port, way, refused };
  return firewallRows(view, width, height, text.console);
}
