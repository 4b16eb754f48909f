/** Examples that `--help` shows, by the words of a command after "tessera". */
import type { Command } from 'commander';

export const examples: Readonly<Record<string, readonly string[]>> = {
  run: [
    'tessera run simple --seed 42',
    'tessera run mine.json --scheduler nsga2 --set populationSize=100 --set weights.energy=2 --tag trial',
    'tessera run multi --seeds 1..20 --tag study --baseline heft --json',
  ],
  simulate: [
    'tessera simulate simple --mapping best.json --timeline',
    'tessera run simple --no-record --json | jq .best > best.json',
  ],
  bound: ['tessera bound simple', 'tessera bound mine.json --nominal --json'],
  saturate: ['tessera saturate multi --scheduler heft', 'tessera saturate multi --mapping best.json --json'],
  generate: ['tessera generate --platform snapdragon-x-elite --family multi --seeds 1..10 --out scenarios/'],
  demo: ['tessera demo', 'tessera demo pareto --seed 7'],
  sweep: ['tessera sweep study.json --json', 'tessera sweep study.json --on lab'],
  'queue start': ['tessera queue start', 'tessera queue start --host 0.0.0.0 --data /srv/tessera-queue'],
  'queue add': ['tessera queue add queue.json', 'tessera queue add postgres://me@db.lab/tessera --name db'],
  'queue list': ['tessera queue list'],
  'queue remove': ['tessera queue remove lab'],
  worker: ['tessera worker --join worker.json', 'tessera worker --join worker.json --slots 16 --until-idle 10m'],
  'workers list': ['tessera workers list --json'],
  'runs list': [
    'tessera runs list --tag study --limit 20',
    'tessera runs list --status finished --text "galaxy" --json',
  ],
  'runs show': ['tessera runs show 7', 'tessera runs show 7 --baseline 3'],
  'runs compare': ['tessera runs compare 3 7 8'],
  'runs export': [
    'tessera runs export 7 --format html',
    'tessera runs export 7 --format svg --out pictures/',
    'tessera runs export 7 8 9 --format tessera --out study.tessera',
  ],
  'runs import': ['tessera runs import study.tessera'],
  'runs delete': ['tessera runs delete 7'],
  resume: ['tessera resume 7'],
  'device setup': ['tessera device setup'],
  'device list': ['tessera device list', 'tessera device list --on pi@board.local --json'],
  'device describe': ['tessera device describe --out device.json', 'tessera device describe --on pi@board.local'],
  'device profile': [
    'tessera device profile squeezenet-1.1 mobilenet-v2 --depth subgraphs',
    'tessera device profile resnet18 --elements cpu0,cpu1,cpu0+cpu1 --out profiles/',
  ],
  'device tune': ['tessera device tune mine.json --budget 10m', 'tessera device tune mine.json --out rounds --json'],
  'device execute': [
    'tessera device execute 7',
    'tessera device execute --scenario mine.json --mapping best.json --repetitions 50 --json',
  ],
  agent: ['tessera agent --listen 127.0.0.1:7300'],
  presets: ['tessera presets', 'tessera presets --json | jq .scenarios'],
  schedulers: ['tessera schedulers', "tessera schedulers --json | jq '.schedulers[].id'"],
  formats: ['tessera formats'],
  import: [
    'tessera import auto model.onnx',
    'tessera import layer-table layers.csv --out network.json',
    'tessera import profile onnxruntime_profile.json --network resnet18 --key pi5-a76',
  ],
  export: [
    'tessera export network resnet18 --format json --out resnet18.json',
    'tessera export problem simple --out problem.json',
  ],
  'nas spaces': ['tessera nas spaces'],
  'nas space': ['tessera nas space s3nas-mixconv --platform midap-board', 'tessera nas space mnasnet --document'],
  'nas search': [
    'tessera nas search s3nas-mixconv --platform midap-board --limit 2.47ms --accuracy parameters',
    'tessera nas search nas-bench-macro --platform midap-board --limit 0.15ms,0.2ms --method evolution --budget 600',
  ],
  'nas scale': [
    'tessera nas scale ours-M+ --depth 1.1 --width 1.1 --size 268 --platform midap-board',
    'tessera nas scale ours-M --depth 1,1.1,1.22 --width 1,1.1,1.22 --platform midap-board',
  ],
  'nas searches': ['tessera nas searches'],
  'nas resume': ['tessera nas resume 1'],
  'nas export': ['tessera nas export nas-bench-macro --candidate 21221200 --format csv'],
  'nas estimate': [
    'tessera nas estimate vgg16 --platform midap-board',
    'tessera nas estimate --block r1_k3_s22_e6_i32_o64_c0 --input-size 56 --platform midap-board --json',
  ],
  serve: ['tessera serve', 'tessera serve --no-open --port 8080'],
  'database info': ['tessera database info'],
  'database check': ['tessera database check'],
  'database backup': ['tessera database backup copy.db'],
  'database compact': ['tessera database compact'],
  'database move': ['tessera database move /data/tessera.db'],
  bench: ['tessera bench', 'tessera bench --json'],
  doctor: ['tessera doctor', 'tessera doctor --json'],
};

/** Adds the examples to the help of every command below `command`. @param path its own words */
export function addExamples(command: Command, path: readonly string[] = []): void {
  for (const inner of command.commands) {
    const words = [...path, inner.name()];
    const lines = examples[words.join(' ')];
    if (lines !== undefined) inner.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
    addExamples(inner, words);
  }
}
