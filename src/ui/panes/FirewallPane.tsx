/** The firewall's zones: what is open now and after a reload. */
import type { ReactNode } from 'react';
import { contentWidth } from '../components/frame-rows.ts';
import { PaneFrame, type PaneProps } from '../components/PaneFrame.tsx';
import { useController, useFacts, useText } from '../context.ts';
import type { Row } from '../rows.ts';
import { failureSentence } from '../sentences.ts';
import { absentRows } from './absent-rows.ts';
import { firewallRows } from './firewall-rows.ts';

export function FirewallPane(props: PaneProps): ReactNode {
  return <PaneFrame {...props} rows={useFirewallRows(contentWidth(props.place.width), props.place.body)} />;
}

function useFirewallRows(width: number, height: number): Row[] {
  const text = useText();
  const { deps } = useController();
  const { facts, failure, interfaces, subject } = useFacts((state) => ({
    facts: state.firewall?.value ?? null,
    failure: state.firewallFailure,
    interfaces: state.interfaces,
    subject: state.subject,
  }));
  if (facts === null) return absentRows(failure, width, deps.text);
  const why = facts.refused ?? failure;
  const refused = why === null ? null : failureSentence(why, deps.text);
  const view = { facts, interfaces, address: subject.address, port: subject.port, refused };
  return firewallRows(view, width, height, text);
}
