/** The report as data, for `--json`. */
import type { CheckState } from '../ops/checks/check.ts';
import type { PointState } from '../ops/report/judged.ts';
import type { Report } from '../ops/report/report.ts';
import type { Typed } from '../ops/report/typed.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { drillDocument } from './drill.ts';
import { findingSentence, pointTitle } from './report-markdown.ts';

export interface ReportDocument {
  readonly host: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly unit: string;
  /** As `drill --json` has it; null when no drill was asked for. */
  readonly drill: ReturnType<typeof drillDocument> | null;
  readonly points: readonly {
    readonly id: string;
    readonly title: string;
    readonly state: PointState;
    readonly items: readonly {
      readonly id: string;
      readonly state: CheckState;
      readonly finding: string;
      /** Commands that put it right; empty where there are none. */
      readonly mend: readonly string[];
    }[];
    /** Secrets are masked; the rest is as the host printed it. */
    readonly commands: readonly Pick<Typed, 'where' | 'command' | 'output'>[];
  }[];
}

export function reportDocument(report: Report, text: Catalogue): ReportDocument {
  return {
    host: report.host.label,
    at: new Date(report.at).toISOString(),
    unit: report.subject.unit,
    drill: report.drill === null ? null : drillDocument(report.drill, text),
    points: report.sections.map((section) => ({
      id: section.point,
      title: pointTitle(report, section, text),
      state: section.state,
      items: section.judged.map((judged) => ({
        id: judged.id,
        state: judged.state,
        finding: findingSentence(judged, text),
        mend: judged.mend?.commands ?? [],
      })),
      commands: section.blocks.flatMap((block) =>
        block.kind === 'typed'
          ? block.typed.map(({ where, command, output }) => ({ where, command, output }))
          : [],
      ),
    })),
  };
}
