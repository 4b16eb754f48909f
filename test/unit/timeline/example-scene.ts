/** The schedule that the timeline's tests look at, and a drawing context that remembers what was drawn. */
import type { DrawContext } from '#renderer/canvas/draw-context.ts';
import { buildScene, type Scene } from '#renderer/timeline/scene/scene.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { everythingOn, simulateMapping } from '#test/fixtures/schedules.ts';

/** Two cores, a GPU; the transfer between them takes 1 ms. */
const platform = aPlatform().withCores(2).withGpu().withDefaultLink({ latencyMs: 1 });
const camera = aNetwork('camera')
  .withLayer('stem', { cpu: 4, gpu: 2 }, { outputBytes: 1000 })
  .withLayer('branch', { cpu: 6, gpu: 3 }, { dependencies: ['stem'] })
  .withLayer('join', { cpu: 2, gpu: 1 }, { op: 'Add', dependencies: ['stem', 'branch'] });
const voice = aNetwork('voice').withChain(2, { cpu: 5, gpu: 5 });

/**
 * Camera twice (released at 0 and 20 ms, deadline 13 ms) and voice once. Hand-computed:
 * cpu:0 stem 0–4, 20–24; gpu branch 5–8, 25–28; cpu:0 join 9–11, 29–31; cpu:1 voice l0 0–5, l1 5–10.
 */
export function exampleScene(): Scene {
  const { problem, outcome } = exampleSchedule();
  return buildScene(problem, outcome.timeline, outcome.assignment);
}

export function exampleSchedule() {
  const problem = aScenario('demo')
    .on(platform)
    .running(camera, { id: 'camera', periodMs: 20, instances: 2, deadlineMs: 13 })
    .running(voice, { id: 'voice' })
    .problem();
  const outcome = simulateMapping(problem, {
    ...everythingOn(problem, 'cpu:1'),
    'camera/stem': 'cpu:0',
    'camera/branch': 'gpu',
    'camera/join': 'cpu:0',
  });
  return { problem, outcome };
}

/** `count` tasks of 1 ms one after another on one core: dense when zoomed out. */
export function denseScene(count: number): Scene {
  const problem = aScenario('dense')
    .on(aPlatform())
    .running(aNetwork().withLayer('only', { cpu: 1 }), { instances: count })
    .problem();
  return buildScene(problem, simulateMapping(problem, everythingOn(problem, 'cpu')).timeline);
}

/** The tile of "layer" or "layer#instance". */
export function tileNamed(scene: Scene, name: string): number {
  const [layer, instance = '0'] = name.split('#');
  const { problem } = scene;
  const tile = scene.tileJob.findIndex((job) => {
    const task = problem.tasks[problem.jobTask[job]];
    return (
      problem.jobInstance[job] === Number(instance) &&
      problem.scenario.applications[task.application].network.layers[task.layer].id === layer
    );
  });
  if (tile < 0) throw new Error(`the scene has no tile "${name}"`);
  return tile;
}

export type DrawCall =
  | {
      readonly kind: 'fillRect' | 'strokeRect';
      readonly color: string;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: 'fillText'; readonly color: string; readonly x: number; readonly y: number; readonly text: string }
  | { readonly kind: 'fill' | 'stroke'; readonly color: string; readonly points: readonly (readonly number[])[] };

/** Remembers rectangles, texts and paths with their colours; every letter is 6 pixels wide. */
export class RecordingContext implements DrawContext {
  readonly calls: DrawCall[] = [];
  fillStyle: string | object = '#000000';
  strokeStyle: string | object = '#000000';
  lineWidth = 1;
  lineJoin: DrawContext['lineJoin'] = 'miter';
  font = '';
  textAlign: DrawContext['textAlign'] = 'start';
  textBaseline: DrawContext['textBaseline'] = 'alphabetic';
  depth = 0;
  private points: number[][] = [];

  save(): void {
    this.depth++;
  }
  restore(): void {
    this.depth--;
  }
  beginPath(): void {
    this.points = [];
  }
  closePath(): void {
    this.points.push([]);
  }
  moveTo(x: number, y: number): void {
    this.points.push([x, y]);
  }
  lineTo(x: number, y: number): void {
    this.points.push([x, y]);
  }
  bezierCurveTo(...coordinates: number[]): void {
    this.points.push(coordinates);
  }
  rect(...coordinates: number[]): void {
    this.points.push(coordinates);
  }
  clip(): void {
    this.points = [];
  }
  fill(): void {
    this.calls.push({ kind: 'fill', color: String(this.fillStyle), points: this.points });
  }
  stroke(): void {
    this.calls.push({ kind: 'stroke', color: String(this.strokeStyle), points: this.points });
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    this.calls.push({ kind: 'fillRect', color: String(this.fillStyle), x, y, width, height });
  }
  strokeRect(x: number, y: number, width: number, height: number): void {
    this.calls.push({ kind: 'strokeRect', color: String(this.strokeStyle), x, y, width, height });
  }
  fillText(text: string, x: number, y: number): void {
    this.calls.push({ kind: 'fillText', color: String(this.fillStyle), x, y, text });
  }
  measureText(text: string): { width: number } {
    return { width: text.length * 6 };
  }
  setLineDash(): void {}

  texts(): string[] {
    return this.calls.flatMap((call) => (call.kind === 'fillText' ? [call.text] : []));
  }

  rectangles(color: string): { x: number; y: number; width: number; height: number }[] {
    return this.calls.flatMap((call) => (call.kind === 'fillRect' && call.color === color ? [call] : []));
  }
}
