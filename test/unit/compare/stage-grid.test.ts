/** How the schedules of a replay in step share the page. */
import { describe, expect, it } from 'vitest';
import { stageGrid } from '#renderer/features/compare/stage-grid.ts';

describe('stages of a replay in step', () => {
  it('lie under each other while the room is high enough, and fill it', () => {
    expect(stageGrid([180, 150, 180], 600, 12, 3)).toEqual({ columns: 1, rowPx: 192 });
    expect(stageGrid([180], 900, 12, 3)).toEqual({ columns: 1, rowPx: 900 });
  });

  it('take another column where they would not fit, and no more than the width has room for', () => {
    expect(stageGrid([180, 180, 180, 180], 600, 12, 3)).toEqual({ columns: 2, rowPx: 294 });
    expect(stageGrid([250, 250, 250], 600, 12, 2)).toEqual({ columns: 2, rowPx: 294 });
    expect(stageGrid([400, 400, 400], 600, 12, 3)).toEqual({ columns: 3, rowPx: 600 });
    expect(stageGrid([400, 400, 400], 600, 12, 2)).toEqual({ columns: 2, rowPx: 400 });
    expect(stageGrid([250, 250, 250], 600, 12, 3)).toEqual({ columns: 3, rowPx: 600 }); // no empty place
    expect(stageGrid([400, 400], 300, 12, 0)).toEqual({ columns: 1, rowPx: 400 });
  });
});
