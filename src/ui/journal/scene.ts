/** The journal's lens seen through a window of some size: what moves and rows are worked out from. */
import type { JournalBuffer } from '../../state/journal-buffer.ts';
import type { JournalLens } from './lens.ts';
import { itemRows, type LineStyle } from './line-rows.ts';
import type { Scene } from './moves.ts';

export function sceneOf(lens: JournalLens, buffer: JournalBuffer, style: LineStyle, height: number): Scene {
  return {
    length: lens.length,
    seqAt: (index) => lens.at(index)?.seq,
    indexOf: (seq) => lens.indexOf(seq),
    rowsOf(index) {
      const item = lens.at(index);
      if (!style.wrap || item === undefined || item.kind === 'fold') return 1;
      return itemRows(item, buffer.at(item.seq), style, false).length;
    },
    height: Math.max(1, height),
    endSeq: buffer.endSeq,
    matches: lens.matches,
  };
}
